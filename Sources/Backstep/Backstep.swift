/// Backstep for Swift programs: the autograd core, recording, and figures, in one import.
///
/// ```swift
/// import Backstep
/// ```
@_exported public import Autograd
@_exported public import Drawing
@_exported public import Figures
@_exported public import Recordings
@_exported public import Rendering
