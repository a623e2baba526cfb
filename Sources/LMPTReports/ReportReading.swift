// ReportReading - a report from its JSON form.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import LMPTMetrics

extension Report {
  /// Reads a report.
  ///
  /// Members that the schema does not know are ignored, so that newer files stay readable.
  ///
  /// - Parameter json: a value in the form of `docs/schemas/report.schema.json`.
  /// - Returns: the report.
  /// - Throws: `ReportError` with the name of the first member that is wrong.
  package static func parse(_ json: JSON) throws(ReportError) -> Report {
    let members = try Members(json, "")
    var report = Report(title: try members.requiredText("title"))
    report.summary = try members.text("summary")
    report.notice = try members.text("notice")
    report.selection = try members.text("selection")
    report.date = try members.text("date")
    report.dataset = try members.member("dataset", Dataset.init)
    report.results = try members.list("results", Row.init)
    report.methods = try members.texts("methods")
    report.palette = try members.integers("palette")
    report.classes = try members.list("classes", ClassResult.init)
    report.runs = try members.list("runs") { (run) throws(ReportError) in
      Run(
        name: try run.requiredText("name"), epochs: try run.list("epochs", Epoch.init),
        kept: try run.integer("kept"))
    }
    report.diagnostics = try members.list("diagnostics", Diagnostics.init)
    report.curves = try members.list("curves", ClassCurves.init)
    report.ablation = try members.member("ablation", Ablation.init)
    report.comparison = try members.member("comparison", Comparison.init)
    report.examples = try members.list("examples", Example.init)
    report.map = try members.member("map", FeatureMap.init)
    report.words = try members.list("words") { (words) throws(ReportError) in
      ContextWords(
        owner: try words.requiredText("owner"),
        words: try words.list("words") { (word) throws(ReportError) in
          ContextWords.Word(
            try word.requiredText("text"), distance: try word.requiredNumber("distance"))
        })
    }
    report.environment = try members.list("environment") { (fact) throws(ReportError) in
      Fact(try fact.requiredText("name"), try fact.requiredText("value"))
    }
    report.commands = try members.texts("commands")
    return report
  }
}

extension Report.Dataset {
  init(_ members: Members) throws(ReportError) {
    self.init(
      name: try members.requiredText("name"), train: try members.requiredInteger("train"),
      test: try members.requiredInteger("test"), classes: try members.requiredInteger("classes"),
      groups: try Report.Group.allCases.map { (group) throws(ReportError) in
        try members.requiredInteger(group.rawValue)
      })
    untested = try members.texts("classes_without_test_images")
  }
}

extension Report.Row {
  init(_ members: Members) throws(ReportError) {
    func measure(_ key: String) throws(ReportError) -> Report.Measure? {
      try members.member(key) { (measure) throws(ReportError) in
        Report.Measure(
          try measure.requiredNumber("mean"), deviation: try measure.number("deviation"))
      }
    }
    var figures: [ResultColumn: Report.Measure] = [:]
    for column in ResultColumn.all { figures[column] = try measure(column.name) }
    self.init(
      method: try members.requiredText("method"), block: try members.text("block"),
      figures: figures,
      evidence: try members.text("source").map(Report.Evidence.read) ?? .measured,
      note: try members.text("note"))
    present = try measure("map_of_present")
  }
}

extension Report.ClassResult {
  init(_ members: Members) throws(ReportError) {
    self.init(
      name: try members.requiredText("name"), count: try members.requiredInteger("count"),
      group: try members.group(),
      ap: try members.elements("ap") { (json, path) throws(ReportError) in
        guard json.isNull || json.double != nil else {
          throw ReportError.wrongType(member: path, expected: "a number or null")
        }
        return json.double
      }, margin: try members.number("margin"), weight: try members.number("weight"))
  }
}

extension Report.Epoch {
  init(_ members: Members) throws(ReportError) {
    self.init(
      epoch: try members.requiredInteger("epoch"), loss: try members.number("loss"),
      cls: try members.number("cls"), cse: try members.number("cse"),
      learningRate: try members.number("lr"), validation: try members.number("val_map"),
      test: try members.number("test_map"), seconds: try members.number("seconds"))
    for (name, path) in Self.groupFigures {
      for group in Report.Group.allCases {
        self[keyPath: path][group] = try members.number("\(name)_\(group.rawValue)")
      }
    }
  }
}

extension Report.ClassCurves {
  init(_ members: Members) throws(ReportError) {
    self.init(
      name: try members.requiredText("name"), group: try members.group(),
      curves: try members.list("curves") { (curve) throws(ReportError) in
        Curve(
          method: try curve.requiredText("method"), ap: try curve.number("ap"),
          points: try curve.rows("points", of: 2).map { Point(recall: $0[0], precision: $0[1]) })
      })
  }
}

extension Report.Ablation {
  init(_ members: Members) throws(ReportError) {
    self.init(
      components: try members.texts("components"),
      arms: try members.list("arms") { (arm) throws(ReportError) in
        let uses = try arm.elements("uses") { (json, path) throws(ReportError) in
          guard let value = json.bool else {
            throw ReportError.wrongType(member: path, expected: "true or false")
          }
          return value
        }
        return Arm(uses: uses, result: try Report.Row(arm))
      })
  }
}

extension Report.Comparison {
  init(_ members: Members) throws(ReportError) {
    self.init(
      settings: try members.texts("settings"),
      runs: try members.list("runs") { (run) throws(ReportError) in
        let values = try run.elements("values") { (json, path) throws(ReportError) in
          guard json.isNull || json.string != nil else {
            throw ReportError.wrongType(member: path, expected: "text or null")
          }
          return json.string
        }
        return Entry(
          result: try Report.Row(run), values: values, kept: try run.integer("kept"),
          seconds: try run.number("seconds"))
      })
  }
}

extension Report.Example {
  init(_ members: Members) throws(ReportError) {
    let image = try members.requiredText("image")
    guard let bytes = Base64.decode(image) else {
      throw .wrongType(member: members.path + ".image", expected: "base 64")
    }
    self.init(
      image: bytes, name: try members.requiredText("name"), labels: try members.texts("labels"),
      predicted: members.object["predicted"] == nil ? nil : try members.texts("predicted"),
      decisions: try members.list("decisions") { (decision) throws(ReportError) in
        Decision(
          method: try decision.requiredText("method"),
          scores: try decision.list("scores") { (score) throws(ReportError) in
            Score(try score.requiredText("name"), try score.requiredNumber("value"))
          })
      })
  }
}

extension Report.FeatureMap {
  init(_ members: Members) throws(ReportError) {
    self.init(
      method: try members.text("method"),
      panels: try members.list("panels") { (panel) throws(ReportError) in
        Panel(
          name: try panel.requiredText("name"),
          images: try panel.list("images") { (image) throws(ReportError) in
            Image(
              x: try image.requiredNumber("x"), y: try image.requiredNumber("y"),
              group: try image.group())
          },
          classes: try panel.list("classes") { (row) throws(ReportError) in
            Class(
              name: try row.requiredText("name"), x: try row.requiredNumber("x"),
              y: try row.requiredNumber("y"), group: try row.group())
          })
      })
  }
}
