/** Headers of a JWT that brings its own key or requires an extension. */
export const refusedHeaders = ["jku", "jwk", "x5u", "crit"];
