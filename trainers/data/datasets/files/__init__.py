"""The formats that several datasets share: archives, idx files, images on disk."""
