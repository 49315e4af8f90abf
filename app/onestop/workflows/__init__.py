"""The way a dossier walks (quy trình giải quyết): a plain list of steps, each bound to a post."""
