/** Where the browser sends a picture. */
export const uploadPath = "/api/picture";

/** The greatest width and height of an uploaded picture, in pixels. */
export const pictureSide = 512;

/** The greatest size of an uploaded picture, in bytes. */
export const longestPicture = 153_600;
