/// What a test of figures needs, in one import: `Recording`, `FigureKind`, `Scene`, `Renderer` and the assertions.
@_exported public import Drawing
@_exported public import Figures
@_exported public import Recordings
@_exported public import Rendering
