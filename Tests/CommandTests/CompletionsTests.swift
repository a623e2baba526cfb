// CompletionsTests - completions and the manual page, from the options of --help.
// SPDX-License-Identifier: Apache-2.0

import Foundation
import LMPTSupport
import Testing

@Suite struct CompletionsTests {
  /// What `--help` says: each command with its options, as a reader sees them.
  private func helpTable() throws -> [(words: [String], options: [String])] {
    try HelpPage.all().filter { !$0.words.isEmpty && $0.page.commands.isEmpty }.map { words, page in
      let options = page.options.flatMap(\.names)
      #expect(options.contains("--threads") && options.contains("--json"))
      return (words, options)
    }
  }

  @Test("completions and the manual have every command and option of --help, and no others")
  func oneTable() throws {
    let table = try helpTable()
    let man = try Program.run(["man"]).output.replacingOccurrences(of: "\\-", with: "-")
    let sections = man.components(separatedBy: ".SS \"lmpt ").dropFirst()
    #expect(sections.count == table.count)
    let common: Set = ["--threads", "--json", "--quiet", "--help"]
    for ((words, options), section) in zip(table, sections) {
      let name = words.joined(separator: " ")
      #expect(section.hasPrefix("\(name) "))
      let own = section.components(separatedBy: ".SH ")[0]
      for option in options {
        #expect(
          (common.contains(option) ? man : own).contains("\\fB\(option)\\fR"), "man: \(name)")
      }
    }
    // A shell knows the first word: it is offered what any command below it takes.
    let shared = ["--threads", "--json", "--quiet", "--help"]
    let names = table.map { $0.words[0] }.reduce(into: [String]()) {
      if $0.last != $1 { $0.append($1) }
    }
    let commands = names.map { name in
      let all = table.filter { $0.words[0] == name }.flatMap(\.options)
      let own = all.reduce(into: [String]()) {
        if !$0.contains($1), !shared.contains($1) { $0.append($1) }
      }
      return (name, own + shared)
    }
    let scripts = try ["bash", "zsh", "fish"].map { shell in
      (shell, try Program.run(["completions", shell]).output)
    }
    let bash = scripts[0].1.split(separator: "\n")
    let zsh = scripts[1].1
    let fish = scripts[2].1.split(separator: "\n")
    for (command, options) in commands {
      let line = bash.last { $0.contains(" \(command)) COMPREPLY=") }
      let words = line?.split(separator: "\"")[1].split(separator: " ").map(String.init) ?? []
      #expect(words.filter { $0.hasPrefix("--") } == options, "bash: \(command)")
      let part = zsh.components(separatedBy: "\n    \(command)) _arguments")
      #expect(part.count == 2, "zsh: \(command)")
      let names = part[1].components(separatedBy: ";;")[0].components(separatedBy: "\n      '--")
        .dropFirst().map { "--" + $0.prefix { $0 != "[" } }
      #expect(names == options, "zsh: \(command)")
      let long = fish.filter { $0.contains("__fish_seen_subcommand_from \(command)'") }
        .compactMap { $0.components(separatedBy: " -l ").dropFirst().first }
        .map { "--" + $0.prefix { $0 != " " } }
      #expect(long == options, "fish: \(command)")
    }
  }

  @Test("the bash script completes commands, options and values")
  func bash() throws {
    let script = try Program.run(["completions", "bash"]).output
    func replies(_ words: [String]) throws -> [String] {
      let list = words.map { "'\($0)'" }.joined(separator: " ")
      let process = Process()
      process.executableURL = URL(fileURLWithPath: "/bin/bash")
      process.arguments = [
        "--norc", "-c",
        "\(script)\nCOMP_WORDS=(\(list)); COMP_CWORD=\(words.count - 1); _lmpt\n"
          + "printf '%s\\n' \"${COMPREPLY[@]}\"",
      ]
      let output = Pipe()
      process.standardOutput = output
      try process.run()
      let text = output.fileHandleForReading.readDataToEndOfFile()
      process.waitUntilExit()
      return String(decoding: text, as: UTF8.self).split(separator: "\n").map(String.init)
    }
    #expect(try replies(["lmpt", "tra"]) == ["train"])
    #expect(try replies(["lmpt", "train", "--optimizer", ""]) == ["sgd", "adam", "adamw"])
    #expect(try replies(["lmpt", "train", "--see"]) == ["--seed"])
    #expect(try replies(["lmpt", "data", "st"]) == ["stats"])
    #expect(try replies(["lmpt", "help", "zero"]) == ["zeroshot"])
  }

  @Test("zsh and fish read their scripts, where they are installed", arguments: ["zsh", "fish"])
  func syntax(shell: String) throws {
    let path = "/usr/bin/\(shell)"
    guard FileManager.default.isExecutableFile(atPath: path) else { return }
    let folder = try TemporaryFolder()
    let script = try folder.write("script", try Program.run(["completions", shell]).output)
    let process = Process()
    process.executableURL = URL(fileURLWithPath: path)
    process.arguments = ["-n", script]
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    #expect(try folder.files == ["script"])
  }
}
