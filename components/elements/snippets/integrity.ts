/** Hash of `public/embed/v2.js`, written by `npm run build:embed`. */
export const loaderIntegrity =
  "sha384-jvLksarHSi35tSB+vJPfoXaXt5QTeqgmK94jEi9pgcbpfy/L1v6MPZVQGj1Hq97k";
