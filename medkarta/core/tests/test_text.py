from medkarta.core.text import folded


def test_folded_ignores_case_and_yo_and_joins_spaces():
    assert folded("  Королёв,\nул. ЗЕЛЁНАЯ ") == "королев, ул. зеленая"
    assert folded("") == ""
