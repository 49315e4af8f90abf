"""Papers (giấy tờ): what is handed in with a dossier and what is given back, as files."""
