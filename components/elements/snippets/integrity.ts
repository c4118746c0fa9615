/** Hash of `public/embed/v2.js`, written by `npm run build:embed`. */
export const loaderIntegrity =
  "sha384-1XzME7PWRbffTVf0qciJDXZZZ++14BuSvJOqTJ7gK9aKyidI+s1WArDzyqbzZonD";
