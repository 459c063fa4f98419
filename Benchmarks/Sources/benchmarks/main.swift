Events.run()
