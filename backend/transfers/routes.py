"""Estates in and out as CSV."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Response

from backend.kernel import access, jobs
from backend.kernel.api import Blueprint, PageQuery, page
from backend.kernel.refusals import language
from backend.transfers import service, sheets
from backend.transfers.jobs import run
from backend.transfers.layouts import LAYOUTS, MOST_ROWS, title
from backend.transfers.models import Transfer
from backend.transfers.schemas import (
    ExportAskSchema,
    ExportPage,
    ExportSchema,
    ImportFilesSchema,
    ImportPage,
    ImportQuery,
    ImportSchema,
    LayoutsSchema,
)

imports = Blueprint("imports", __name__, url_prefix="/api/imports", description="An estate comes in as CSV")
exports = Blueprint("exports", __name__, url_prefix="/api/exports", description="An estate goes out as CSV")
MOST_UPLOADED = 4 * sheets.MOST_BYTES + 100_000


@imports.op(
    "POST", "", needs="imports.run", body=ImportFilesSchema, query=ImportQuery, out=ImportSchema, status=202,
    location="files", content_type="multipart/form-data", max_body=MOST_UPLOADED,
)  # fmt: skip
def start_import(body: dict[str, Any], query: dict[str, Any]) -> dict[str, Any]:
    """Import an estate from CSV files; one wrong row and nothing is taken over."""
    texts = {name: sheets.decode(name, file.stream.read(sheets.MOST_BYTES + 1)) for name, file in body.items()}
    made = service.ask_import(access.actor(), query["estate_id"], texts)
    jobs.enqueue(run, made.id, queue="bulk")
    return _shown(made)


@imports.op("GET", "", needs="imports.run", query=PageQuery, out=ImportPage)
def list_imports(query: dict[str, Any]) -> dict[str, Any]:
    """My imports, newest first."""
    return page(service.mine(access.actor(), "import"), Transfer, **query)


@imports.op("GET", "/layouts", needs="imports.run", out=LayoutsSchema)
def list_layouts() -> dict[str, Any]:
    """The files of an import and their columns."""
    names = ("name", "zh", "needed")
    items = [
        {"file": file, "columns": [{n: getattr(c, n) for n in names} for c in columns], "most_rows": MOST_ROWS[file]}
        for file, columns in LAYOUTS.items()
    ]
    return {"items": items, "next": None}


@imports.op("GET", "/<uuid:import_id>", needs="imports.run", out=ImportSchema)
def show_import(import_id: UUID) -> dict[str, Any]:
    """How an import went, with every wrong row."""
    return _shown(service.find(access.actor(), "import", import_id))


@exports.op("POST", "", needs="exports.run", body=ExportAskSchema, out=ExportSchema, status=202)
def start_export(body: dict[str, Any]) -> dict[str, Any]:
    """Export an estate; masked unless a permission of its own says otherwise."""
    made = service.ask_export(access.actor(), body["estate_id"], body["reason"], body["unmasked"])
    jobs.enqueue(run, made.id, queue="bulk")
    return _shown(made)


@exports.op("GET", "", needs="exports.run", query=PageQuery, out=ExportPage)
def list_exports(query: dict[str, Any]) -> dict[str, Any]:
    """My exports, newest first."""
    found = page(service.mine(access.actor(), "export"), Transfer, **query)
    return found | {"items": [_shown(each) for each in found["items"]]}


@exports.op("GET", "/<uuid:export_id>", needs="exports.run", out=ExportSchema)
def show_export(export_id: UUID) -> dict[str, Any]:
    """How an export stands; its files can be fetched for a day."""
    return _shown(service.find(access.actor(), "export", export_id))


@exports.op("GET", "/<uuid:export_id>/files/<name>", needs="exports.run")
def download(export_id: UUID, name: str) -> Response:
    """Fetch one CSV file of an export; each download is recorded."""
    text = service.file_of(access.actor(), export_id, name)
    answer = Response("\ufeff" + text, mimetype="text/csv")  # with its BOM spreadsheets read the Chinese
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return answer


def _shown(row: Transfer) -> dict[str, Any]:
    own = language()
    names = ("id", "state", "estate_id", "files", "counts", "created_at", "finished_at", "error_count", "reason")
    errors = [
        {"file": e["file"], "row": e["row"], "column": title(e["file"], e["column"], own), "message": e[own]}
        for e in row.errors
    ]
    more = {"errors": errors, "is_unmasked": row.is_unmasked, "files_until": row.files_until}
    return {name: getattr(row, name) for name in names} | more
