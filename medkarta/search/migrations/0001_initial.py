"""The index and what each database finds words with: FTS5 and its triggers, or lexemes in a GIN index.

FTS5 keeps neither texts nor places of words (`content=''`, `detail=none`), so it is small; it takes a text back only
with the very tokens that it was given, which the triggers do. PostgreSQL moves long columns out of the row early, so
that counting what is found reads few pages.
"""

import django.db.models.deletion
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

SQLITE = [
    """CREATE VIRTUAL TABLE search_fts USING fts5(
    lemmas, content='', detail=none, columnsize=0, tokenize="ascii tokenchars '_.-'")""",
    """CREATE TRIGGER search_text_added AFTER INSERT ON search_searchtext
    BEGIN INSERT INTO search_fts(rowid, lemmas) VALUES (NEW.entry_id, NEW.lemmas); END""",
    """CREATE TRIGGER search_text_changed AFTER UPDATE OF lemmas ON search_searchtext WHEN OLD.lemmas <> NEW.lemmas
    BEGIN
        INSERT INTO search_fts(search_fts, rowid, lemmas) VALUES ('delete', OLD.entry_id, OLD.lemmas);
        INSERT INTO search_fts(rowid, lemmas) VALUES (NEW.entry_id, NEW.lemmas);
    END""",
    """CREATE TRIGGER search_text_gone AFTER DELETE ON search_searchtext
    BEGIN INSERT INTO search_fts(search_fts, rowid, lemmas) VALUES ('delete', OLD.entry_id, OLD.lemmas); END""",
]
POSTGRESQL = [
    "ALTER TABLE search_searchtext SET (toast_tuple_target = 128)",
    """ALTER TABLE search_searchtext ADD COLUMN words tsvector NOT NULL
    GENERATED ALWAYS AS (array_to_tsvector(string_to_array(lemmas, ' '))) STORED""",
    """CREATE INDEX search_text_words ON search_searchtext USING gin (words)
    WITH (fastupdate = on, gin_pending_list_limit = 256)""",
]
GONE = {
    "sqlite": [
        *(f"DROP TRIGGER search_text_{event}" for event in ("added", "changed", "gone")),
        "DROP TABLE search_fts",
    ],
    "postgresql": ["ALTER TABLE search_searchtext DROP COLUMN words"],
}


def create(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    for statement in {"sqlite": SQLITE, "postgresql": POSTGRESQL}[editor.connection.vendor]:
        editor.execute(statement, params=None)


def drop(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    for statement in GONE[editor.connection.vendor]:
        editor.execute(statement, params=None)


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("patients", "0002_representation_kinds"),
    ]

    operations = [
        migrations.CreateModel(
            name="SearchEntry",
            fields=[
                ("id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("kind", models.CharField(max_length=32)),
                ("subject_id", models.UUIDField(help_text="The row of the kind's room")),
                ("is_restricted", models.BooleanField(default=False)),
                ("dated_at", models.DateTimeField(null=True)),
                ("title", models.CharField(blank=True, max_length=500)),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="patients.patient"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="SearchWord",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("word", models.CharField(max_length=64)),
            ],
        ),
        migrations.CreateModel(
            name="SearchText",
            fields=[
                (
                    "entry",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="text",
                        serialize=False,
                        to="search.searchentry",
                    ),
                ),
                ("body", models.TextField(blank=True, help_text="For showing what was found; bounded")),
                ("lemmas", models.TextField()),
            ],
        ),
        migrations.AddConstraint(
            model_name="searchentry",
            constraint=models.UniqueConstraint(fields=("subject_id", "kind"), name="search_entry_one_per_subject"),
        ),
        migrations.RunPython(create, drop),
    ]
