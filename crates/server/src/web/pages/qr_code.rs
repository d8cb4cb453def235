//! A code as a picture that a camera reads.

use qrcode::QrCode;
use qrcode::render::svg;

/// Black on `ground`, in every theme and on paper, at least so many pixels wide; nothing where the
/// text does not fit into one.
pub fn picture(text: &str, pixels: u32, ground: &str) -> String {
    QrCode::new(text.as_bytes()).map_or_else(
        |_| String::new(),
        |code| {
            code.render::<svg::Color<'_>>()
                .min_dimensions(pixels, pixels)
                .dark_color(svg::Color("#000000"))
                .light_color(svg::Color(ground))
                .build()
                // Inside a page the declaration of a document has no place.
                .split_once("?>")
                .map_or_else(String::new, |(_, picture)| picture.to_owned())
        },
    )
}
