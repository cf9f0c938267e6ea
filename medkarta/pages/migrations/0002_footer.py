from django.db import migrations

from medkarta.pages.footer_data import FOOTER


def add_links(apps, schema_editor):
    link = apps.get_model("pages", "FooterLink")
    order = 0
    for group, links in FOOTER:
        for title, href in links:
            order += 10
            link.objects.get_or_create(group=group, title=title, defaults={"href": href, "order": order})


class Migration(migrations.Migration):
    dependencies = [("pages", "0001_initial")]

    operations = [migrations.RunPython(add_links, migrations.RunPython.noop, elidable=False)]
