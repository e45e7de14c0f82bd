from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("privacy", "0010_files_holds_and_idle_accounts")]

    operations = [
        migrations.AddField(
            model_name="minorcase",
            name="bracket",
            field=models.CharField(
                blank=True,
                choices=[
                    ("child", "Too young to agree alone"),
                    ("youth", "Not grown up yet"),
                    ("adult", "Grown up"),
                ],
                default="",
                max_length=8,
                verbose_name="age group",
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="guardian",
            name="country",
            field=models.CharField(blank=True, default="", max_length=2, verbose_name="country"),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="guardian",
            name="language",
            field=models.CharField(blank=True, default="", max_length=8, verbose_name="language"),
            preserve_default=False,
        ),
    ]
