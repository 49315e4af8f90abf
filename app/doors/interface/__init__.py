"""The interface for programs: what each door of it says of itself, made into one document."""
