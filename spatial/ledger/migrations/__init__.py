"""One module a version: ``m001_first``, ``m002_...``. Never edited once released."""
