//! Names as monitors write them, folded so that case and accents do not disagree.

/// A folded name: lower case, without accents, without anything but letters and digits; the
/// parts sorted, because monitors write family and given name in either order.
///
/// `expand` writes ä, ö, ü, å as two letters, as some keyboards do.
pub fn folded(name: &str, expand: bool) -> Vec<String> {
    let mut text = String::with_capacity(name.len());
    for letter in name.chars().flat_map(char::to_lowercase) {
        match base(letter, expand) {
            Folded::Letters(letters) => text.push_str(letters),
            Folded::Nothing => {}
            Folded::Itself if letter.is_alphanumeric() => text.push(letter),
            Folded::Itself if matches!(letter, '\'' | '’' | '`') => {}
            Folded::Itself => text.push(' '),
        }
    }
    let mut parts: Vec<String> = text.split_whitespace().map(str::to_owned).collect();
    parts.sort();
    parts
}

enum Folded {
    Letters(&'static str),
    Nothing,
    Itself,
}

fn base(letter: char, expand: bool) -> Folded {
    let letters = match letter {
        'ä' | 'æ' if expand => "ae",
        'ö' | 'ø' | 'œ' if expand => "oe",
        'ü' if expand => "ue",
        'å' if expand => "aa",
        'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' | 'ā' | 'ă' | 'ą' | 'ǎ' => "a",
        'æ' => "ae",
        'ç' | 'ć' | 'ĉ' | 'ċ' | 'č' => "c",
        'ď' | 'đ' | 'ð' => "d",
        'è' | 'é' | 'ê' | 'ë' | 'ē' | 'ĕ' | 'ė' | 'ę' | 'ě' | 'ẽ' | 'ế' | 'ệ' | 'ề' => {
            "e"
        }
        'ĝ' | 'ğ' | 'ġ' | 'ģ' => "g",
        'ĥ' | 'ħ' => "h",
        'ì' | 'í' | 'î' | 'ï' | 'ĩ' | 'ī' | 'ĭ' | 'į' | 'ı' => "i",
        'ĵ' => "j",
        'ķ' => "k",
        'ĺ' | 'ļ' | 'ľ' | 'ŀ' | 'ł' => "l",
        'ñ' | 'ń' | 'ņ' | 'ň' => "n",
        'ò' | 'ó' | 'ô' | 'õ' | 'ö' | 'ø' | 'ō' | 'ŏ' | 'ő' | 'ơ' | 'ồ' | 'ộ' => "o",
        'œ' => "oe",
        'ŕ' | 'ŗ' | 'ř' => "r",
        'ś' | 'ŝ' | 'ş' | 'š' | 'ș' => "s",
        'ß' => "ss",
        'ţ' | 'ť' | 'ŧ' | 'ț' => "t",
        'þ' => "th",
        'ù' | 'ú' | 'û' | 'ü' | 'ũ' | 'ū' | 'ŭ' | 'ů' | 'ű' | 'ų' | 'ư' => "u",
        'ŵ' => "w",
        'ý' | 'ÿ' | 'ŷ' => "y",
        'ź' | 'ż' | 'ž' => "z",
        // Combining accents, as decomposed text has them.
        '\u{300}'..='\u{36f}' => return Folded::Nothing,
        _ => return Folded::Itself,
    };
    Folded::Letters(letters)
}
