// The first file arrives with the first type.
