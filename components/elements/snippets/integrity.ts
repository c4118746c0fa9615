/** Hash of `public/embed/v2.js`, written by `npm run build:embed`. */
export const loaderIntegrity =
  "sha384-zfnL3LYBLSAKY7Dny5HWv9G0SbGjNB+zFduKRT/4FrxIIkARtuheCVYNfzR7i2z+";
