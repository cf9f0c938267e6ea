"""Reads of documents and of the files of documents and reports."""

from medkarta.documents.queries.details import DocumentPage, get_document
from medkarta.documents.queries.files import (
    FileRow,
    FileSource,
    first_files,
    get_file,
    get_owned_file,
    list_download_links,
    list_files,
)
from medkarta.documents.queries.lists import ORDER, DocumentList, DocumentRow, Filters, list_documents
from medkarta.documents.queries.reading import Reading, get_inside, get_picture, read_files

__all__ = [
    "ORDER",
    "DocumentList",
    "DocumentPage",
    "DocumentRow",
    "FileRow",
    "FileSource",
    "Filters",
    "Reading",
    "first_files",
    "get_document",
    "get_file",
    "get_inside",
    "get_owned_file",
    "get_picture",
    "list_documents",
    "list_download_links",
    "list_files",
    "read_files",
]
