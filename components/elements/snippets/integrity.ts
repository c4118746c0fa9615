/** Of `public/embed/v1.js`; written by `npm run build:embed`. */
export const loaderIntegrity =
  "sha384-Jndwiop/r96ctYyASd3YnTXegBiQgIuFz6gpTYA9YNC6KQIhWI/ACu84YSzzpNWq";
