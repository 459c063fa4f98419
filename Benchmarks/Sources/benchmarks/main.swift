import Foundation

// make bench: everything in one run, so that the ratios hold whatever the machine does.
print("what                                        amount      time            note")
Events.run()
Frames.run()
let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
  .deletingLastPathComponent().deletingLastPathComponent()
StartToPicture.run(
  command: root.appendingPathComponent(".build/release/backstep").path,
  program: root.appendingPathComponent("lessons/programs/backward_and_step.py").path)
