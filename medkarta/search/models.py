"""The index: what was entered, its words, and all words there are."""

from django.db import models


class SearchEntry(models.Model):
    """Something that can be found: which row of which room, whose, of when. Its key goes by date (`rules.entry_id`)."""

    id = models.BigIntegerField(primary_key=True)
    kind = models.CharField(max_length=32)
    subject_id = models.UUIDField(help_text="The row of the kind's room")
    patient = models.ForeignKey("patients.Patient", models.CASCADE, related_name="+")
    is_restricted = models.BooleanField(default=False)
    dated_at = models.DateTimeField(null=True)
    title = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["subject_id", "kind"], name="search_entry_one_per_subject")]

    def __str__(self) -> str:
        return f"SearchEntry {self.pk}"


class SearchText(models.Model):
    """What an entry says, and its tokens: first forms of its words, and marks of the patient and the kind.

    SQLite keeps `lemmas` in the FTS5 table `search_fts` by triggers; PostgreSQL in the generated column `words`.
    """

    entry = models.OneToOneField(SearchEntry, models.CASCADE, primary_key=True, related_name="text")
    body = models.TextField(blank=True, help_text="For showing what was found; bounded")
    lemmas = models.TextField()

    def __str__(self) -> str:
        return f"SearchText {self.pk}"


class SearchWord(models.Model):
    """A word that some text of the house holds, linked to nobody: what unfinished and mistyped words may mean.

    Not unique: two writers never wait for each other here.
    """

    word = models.CharField(max_length=64)

    def __str__(self) -> str:
        return f"SearchWord {self.pk}"
