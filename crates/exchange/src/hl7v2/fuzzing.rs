//! What must hold for any bytes: the bodies of the fuzz targets, and of the corpus test.
