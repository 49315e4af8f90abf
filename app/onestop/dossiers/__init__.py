"""Dossiers (hồ sơ): one run of a procedure, from filing to the result in the citizen's hand."""
