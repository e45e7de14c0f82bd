"""People who never lived, at places that exist, with addresses in the form of their country."""

from typing import NamedTuple


class Buyer(NamedTuple):
    name: str
    email: str
    country: str
    language: str
    street: str
    postcode: str
    city: str
    region: str = ""
    phone: str = ""
    company: str = ""


BUYERS = [
    Buyer("Alice Aldermann", "alice@mail.example", "DE", "en", "Oranienstraße 25", "10999", "Berlin", phone="+493055501234"),
    Buyer("Jonas Wittkamp", "jonas.wittkamp@mail.example", "DE", "de", "Schulterblatt 71", "20357", "Hamburg", phone="+494055500117"),
    Buyer("Zoë Müller", "zoe.mueller@mail.example", "DE", "de", "Gärtnerplatz 3", "80469", "München", phone="+498955500143"),
    Buyer("Henrike Sørensen", "henrike@mail.example", "DE", "de", "Karl-Heine-Straße 48", "04229", "Leipzig", phone="+4934155500122"),
    Buyer("Mehmet Yıldız", "m.yildiz@mail.example", "DE", "de", "Venloer Straße 310", "50823", "Köln", phone="+4922155500188"),
    Buyer("Camille Rousselot", "camille.rousselot@mail.example", "FR", "fr", "18 rue des Récollets", "75010", "Paris", phone="+33155500121"),
    Buyer("Éloïse Le Gall", "eloise.legall@mail.example", "FR", "fr", "7 quai de la Fosse", "44000", "Nantes", phone="+33255500135"),
    Buyer("Bastien Garrigue", "bastien@mail.example", "FR", "fr", "42 cours Julien", "13006", "Marseille", phone="+33455500164"),
    Buyer("Imogen Hartley", "imogen.hartley@mail.example", "GB", "en", "14 Stokes Croft", "BS1 3PR", "Bristol", phone="+441175550019"),
    Buyer("Callum Fraser", "callum.fraser@mail.example", "GB", "en", "9 Leith Walk", "EH6 5LN", "Edinburgh", phone="+441315550027"),
    Buyer("Priya Nair", "priya.nair@mail.example", "GB", "en", "31 Cowley Road", "OX4 1HP", "Oxford", phone="+441865550038"),
    Buyer("Maya Thornton", "maya.thornton@mail.example", "US", "en", "2180 SE Hawthorne Blvd", "97214", "Portland", "OR", "+15035550142"),
    Buyer("Daniel Okafor", "daniel.okafor@mail.example", "US", "en", "415 Dean Street", "11217", "Brooklyn", "NY", "+17185550119"),
    Buyer("Rosa Villanueva", "rosa.villanueva@mail.example", "US", "en", "906 Canyon Road", "87501", "Santa Fe", "NM", "+15055550156"),
    Buyer("Urs Brändli", "urs.braendli@mail.example", "CH", "de", "Langstrasse 112", "8004", "Zürich", phone="+41445550133"),
    Buyer("Léa Monnard", "lea.monnard@mail.example", "CH", "fr", "Rue de Bourg 20", "1003", "Lausanne", phone="+41215550174"),
    Buyer("Sakura Ishida", "sakura.ishida@mail.example", "JP", "en", "2-14-5 Kagurazaka", "162-0825", "Shinjuku-ku", "Tokyo", "+81355550191"),
    Buyer("Kenji Morimoto", "kenji.morimoto@mail.example", "JP", "en", "31 Gojobashi Higashi", "605-0846", "Kyoto", "Kyoto", "+81755550128"),
]  # fmt: skip
