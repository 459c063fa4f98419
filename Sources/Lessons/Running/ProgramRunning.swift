import MiniPython
import TorchModule

extension LessonEngine {
  /// Everything real: programs run with `torch`, figures from the catalogue, files written whole.
  public static func standard() -> LessonEngine {
    standard { source, name in
      let run = ProgramRunner.record(source: source, path: name)
      if case .raised = run.outcome {
        return ProgramRun(recording: run.recording, errors: run.errors, succeeded: false)
      }
      return ProgramRun(recording: run.recording, errors: run.errors)
    }
  }
}
