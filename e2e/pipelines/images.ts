/** Where the images of these pipelines are: a test writes its own addresses here. */
export const FIRST = '127.0.0.1:5000/skein/first:1';
export const SECOND = '127.0.0.1:5000/skein/second:1';
