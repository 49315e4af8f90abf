"""Taking in what another system holds: people, procedures, dossiers with their steps and files."""
