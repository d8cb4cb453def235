//! Closed lists of words: each word has one name in policies, cases, forms and records.

/// Gives a vocabulary of words without values; with `says`, also each word's words for staff.
macro_rules! words {
    ($(#[$documentation:meta])* $kind:ident { $($(#[$meaning:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$documentation])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        pub enum $kind {
            $($(#[$meaning])* #[serde(rename = $word)] $variant,)+
        }

        impl $kind {
            /// Every one.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// Its word.
            pub const fn word(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ }
            }

            /// The one of this word.
            pub fn of_word(word: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|known| known.word() == word)
            }
        }
    };
    ($(#[$documentation:meta])* $kind:ident { $($(#[$meaning:meta])* $variant:ident = $word:literal says $says:literal,)+ }) => {
        $crate::words::words! {
            $(#[$documentation])*
            $kind { $($(#[$meaning])* $variant = $word,)+ }
        }

        impl $kind {
            /// In words for staff.
            pub const fn says(self) -> &'static str {
                match self { $(Self::$variant => $says,)+ }
            }
        }
    };
}

pub(crate) use words;
