-- What the calibration that made a version's parameters says of them: standard errors, rho and q. Beside the
-- content, whose hash the version is, so that the same content from a file is the same version.
ALTER TABLE certification_versions ADD COLUMN calibration BLOB;
