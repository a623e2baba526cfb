// Completions - scripts that complete command lines in a shell, written from the option table.
// SPDX-License-Identifier: Apache-2.0

/// A shell that completes command lines.
enum Shell: String, CaseIterable {
  case bash
  case zsh
  case fish

  /// The script that completes some commands.
  func completions(of commands: [Command]) -> String {
    switch self {
    case .bash: Completions.bash(commands)
    case .zsh: Completions.zsh(commands)
    case .fish: Completions.fish(commands)
    }
  }
}

extension Option {
  /// Every spelling, with its dashes.
  var spellings: [String] { ([name] + aliases).map { "--\($0)" } }

  /// The words that the value is one of, where the help lists them: `sgd|adam|adamw`.
  var choices: [String] { words.isEmpty ? Completions.choices(value) : words }

  /// Whether the value is the path of a file or folder.
  var takesPath: Bool {
    let words = ["FILE", "DIR", "IMAGE", "PATH", "SOURCE", "OUT", ".npy", ".safetensors"]
    return words.contains { value?.contains($0) == true }
  }
}

extension Command {
  /// The options of the command with those of every command, as the help lists them.
  var table: [Option] { options + Option.common }

  /// The words that the operand is one of: `stats|check`.
  var operandChoices: [String] { Completions.choices(operands) }
}

enum Completions {
  static func choices(_ placeholder: String?) -> [String] {
    guard let placeholder, placeholder.contains("|"), !placeholder.contains(" ") else { return [] }
    let words = placeholder.split(separator: "|").map(String.init)
    // FILE|- names a kind of value and not the value.
    return words.filter { $0.contains { $0.isLowercase } }
  }

  // MARK: bash

  fileprivate static func bash(_ commands: [Command]) -> String {
    var out = """
      # bash completion of lmpt; made by 'lmpt completions bash'.
      _lmpt() {
        local word="${COMP_WORDS[COMP_CWORD]}" previous="${COMP_WORDS[COMP_CWORD-1]}"
        COMPREPLY=()
        if [ "$COMP_CWORD" -eq 1 ]; then
          COMPREPLY=($(compgen -W "\(commands.map(\.name).joined(separator: " ")) \
      help --help --version" -- "$word"))
          return
        fi
        case "${COMP_WORDS[1]} $previous" in

      """
    for command in commands {
      for option in command.table where option.value != nil {
        let pattern = option.spellings.map { "\"\(command.name) \($0)\"" }.joined(separator: "|")
        let reply =
          option.takesPath
          ? "COMPREPLY=($(compgen -f -- \"$word\"))"
          : "COMPREPLY=($(compgen -W \"\(option.choices.joined(separator: " "))\" -- \"$word\"))"
        out += "    \(pattern)) \(reply); return ;;\n"
      }
    }
    out += """
        esac
        case "${COMP_WORDS[1]}" in
          help) COMPREPLY=($(compgen -W "\(commands.map(\.name).joined(separator: " "))" -- "$word")); return ;;

      """
    for command in commands {
      let words = command.table.flatMap(\.spellings) + command.operandChoices
      out += "    \(command.name)) COMPREPLY=($(compgen -W \"\(words.joined(separator: " "))\" "
      out += "-- \"$word\")) ;;\n"
    }
    return out + """
        esac
        [ "${#COMPREPLY[@]}" -gt 0 ] || COMPREPLY=($(compgen -f -- "$word"))
      }
      complete -o filenames -F _lmpt lmpt

      """
  }

  // MARK: zsh

  fileprivate static func zsh(_ commands: [Command]) -> String {
    func quoted(_ text: String) -> String {
      text.replacing("'", with: "'\\''")
    }
    func message(_ text: String) -> String {
      quoted(
        text.replacing("\\", with: "\\\\").replacing("[", with: "\\[").replacing("]", with: "\\]")
          .replacing(":", with: "\\:"))
    }
    var out =
      "#compdef lmpt\n# zsh completion of lmpt; made by 'lmpt completions zsh'.\n_lmpt() {\n"
    out += "  local -a commands\n  commands=(\n"
    for command in commands {
      out += "    '\(command.name):\(message(command.summary))'\n"
    }
    out += """
        )
        if (( CURRENT == 2 )); then
          _describe 'command' commands
          return
        fi
        local command=$words[2]
        shift words
        (( CURRENT-- ))
        case $command in
          help) _describe 'command' commands ;;

      """
    for command in commands {
      out += "    \(command.name)) _arguments"
      for option in command.table {
        for spelling in option.spellings {
          out += " \\\n      '\(spelling)[\(message(option.help))]"
          if let value = option.value {
            let action =
              option.takesPath ? "_files" : "(\(option.choices.joined(separator: " ")))"
            out += ":\(message(value)):\(action)"
          }
          out += "'"
        }
      }
      let words = command.operandChoices
      let operands = command.operands.isEmpty ? "file" : message(command.operands)
      out += " \\\n      '*:\(operands):"
      out += words.isEmpty ? "_files'" : "(\(words.joined(separator: " ")))'"
      out += " ;;\n"
    }
    return out + "  esac\n}\ncompdef _lmpt lmpt\n"
  }

  // MARK: fish

  fileprivate static func fish(_ commands: [Command]) -> String {
    func quoted(_ text: String) -> String {
      "'" + text.replacing("\\", with: "\\\\").replacing("'", with: "\\'") + "'"
    }
    var out = "# fish completion of lmpt; made by 'lmpt completions fish'.\n"
    for command in commands {
      out += "complete -c lmpt -f -n __fish_use_subcommand -a \(command.name) "
      out += "-d \(quoted(command.summary))\n"
    }
    for command in commands {
      let condition = "complete -c lmpt -n '__fish_seen_subcommand_from \(command.name)'"
      for option in command.table {
        for spelling in option.spellings {
          out += "\(condition) -l \(spelling.dropFirst(2))"
          if option.value != nil {
            out += option.takesPath ? " -r -F" : " -x"
            if !option.choices.isEmpty {
              out += " -a \(quoted(option.choices.joined(separator: " ")))"
            }
          }
          out += " -d \(quoted(option.help))\n"
        }
      }
      if !command.operandChoices.isEmpty {
        out += "\(condition) -f -a \(quoted(command.operandChoices.joined(separator: " ")))\n"
      }
    }
    return out
  }
}
