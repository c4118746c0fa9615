/** Of `public/embed/v1.js`; written by `npm run build:embed`. */
export const loaderIntegrity =
  "sha384-3YOFY/U28V+dkpH5Ahl5B7P5euPtDtk+ojpLlW2z723hqrj7DPNA6+74xQnxYLet";
