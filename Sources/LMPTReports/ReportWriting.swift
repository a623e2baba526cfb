// ReportWriting - a report in its JSON form.
// SPDX-License-Identifier: Apache-2.0

import LMPTBytes
import LMPTMetrics

extension Report {
  /// The report in the form of `docs/schemas/report.schema.json`; parts without data are left out.
  package var json: JSON {
    var out = JSON.Object([
      (key: "schema", value: .integer(1)), (key: "title", value: .string(title)),
    ])
    out["summary"] = summary.map(JSON.string)
    out["notice"] = notice.map(JSON.string)
    out["dataset"] = dataset?.json
    out["selection"] = selection.map(JSON.string)
    out["date"] = date.map(JSON.string)
    out["results"] = array(results) { $0.json }
    out["methods"] = array(methods, JSON.string)
    let places = palette.sorted { $0.key < $1.key }.map { ($0.key, JSON.integer($0.value)) }
    out["palette"] = places.isEmpty ? nil : .object(places)
    out["classes"] = array(classes) { $0.json }
    out["runs"] = array(runs) { run in
      var out = JSON.Object([(key: "name", value: .string(run.name))])
      out["kept"] = run.kept.map(JSON.integer)
      out["epochs"] = .array(run.epochs.map(\.json))
      return .object(out)
    }
    out["diagnostics"] = array(diagnostics) { $0.json }
    out["curves"] = array(curves) { $0.json }
    out["ablation"] = ablation?.json
    out["comparison"] = comparison?.json
    out["examples"] = array(examples) { $0.json }
    out["map"] = map?.json
    out["words"] = array(words) { words in
      [
        "owner": .string(words.owner),
        "words": .array(
          words.words.map { ["text": .string($0.text), "distance": .number($0.distance)] }),
      ]
    }
    out["environment"] = array(environment) { fact in
      ["name": .string(fact.name), "value": .string(fact.value)]
    }
    out["commands"] = array(commands, JSON.string)
    return .object(out)
  }

  private func array<Value>(_ values: [Value], _ convert: (Value) -> JSON) -> JSON? {
    values.isEmpty ? nil : .array(values.map(convert))
  }
}

extension Report.Dataset {
  fileprivate var json: JSON {
    var out = JSON.Object([
      (key: "name", value: .string(name)), (key: "train", value: .integer(train)),
      (key: "test", value: .integer(test)), (key: "classes", value: .integer(classes)),
    ])
    for (group, count) in zip(Report.Group.allCases, groups) {
      out[group.rawValue] = .integer(count)
    }
    if !untested.isEmpty {
      out["classes_without_test_images"] = .array(untested.map(JSON.string))
    }
    return .object(out)
  }
}

extension Report.Row {
  fileprivate var json: JSON { .object(members) }

  fileprivate var members: JSON.Object {
    var out = JSON.Object([(key: "method", value: .string(method))])
    out["block"] = block.map(JSON.string)
    for column in ResultColumn.all {
      guard let measure = figures[column] else { continue }
      var value = JSON.Object([(key: "mean", value: .number(measure.mean))])
      value["deviation"] = measure.deviation.map(JSON.number)
      out[column.name] = .object(value)
    }
    if let present {
      out["map_of_present"] = .object(JSON.Object([("mean", .number(present.mean))]))
    }
    if case .read(let source) = evidence { out["source"] = .string(source) }
    out["note"] = note.map(JSON.string)
    return out
  }
}

extension Report.ClassResult {
  fileprivate var json: JSON {
    var out = JSON.Object([
      (key: "name", value: .string(name)), (key: "count", value: .integer(count)),
      (key: "group", value: .string(group.rawValue)),
    ])
    if !ap.isEmpty { out["ap"] = .array(ap.map { $0.map(JSON.number) ?? .null }) }
    out["margin"] = margin.map(JSON.number)
    out["weight"] = weight.map(JSON.number)
    return .object(out)
  }
}

extension Report.ClassCurves {
  fileprivate var json: JSON {
    [
      "name": .string(name), "group": .string(group.rawValue),
      "curves": .array(
        curves.map { curve in
          var out = JSON.Object([(key: "method", value: .string(curve.method))])
          out["ap"] = curve.ap.map(JSON.number)
          out["points"] = .array(
            curve.points.map { .array([.number($0.recall), .number($0.precision)]) })
          return .object(out)
        }),
    ]
  }
}

extension Report.Ablation {
  fileprivate var json: JSON {
    [
      "components": .array(components.map(JSON.string)),
      "arms": .array(
        arms.map { arm in
          var out = arm.result.members
          out["uses"] = .array(arm.uses.map(JSON.bool))
          return .object(out)
        }),
    ]
  }
}

extension Report.Comparison {
  fileprivate var json: JSON {
    [
      "settings": .array(settings.map(JSON.string)),
      "runs": .array(
        runs.map { run in
          var out = run.result.members
          out["values"] = .array(run.values.map { $0.map(JSON.string) ?? .null })
          out["kept"] = run.kept.map(JSON.integer)
          out["seconds"] = run.seconds.map(JSON.number)
          return .object(out)
        }),
    ]
  }
}

extension Report.Example {
  fileprivate var json: JSON {
    var out = JSON.Object([
      (key: "image", value: .string(Base64.encode(image))), (key: "name", value: .string(name)),
      (key: "labels", value: .array(labels.map(JSON.string))),
    ])
    out["predicted"] = predicted.map { .array($0.map(JSON.string)) }
    out["decisions"] = .array(
      decisions.map { decision in
        [
          "method": .string(decision.method),
          "scores": .array(
            decision.scores.map { ["name": .string($0.name), "value": .number($0.value)] }),
        ]
      })
    return .object(out)
  }
}

extension Report.FeatureMap {
  fileprivate var json: JSON {
    var out = JSON.Object()
    out["method"] = method.map(JSON.string)
    out["panels"] = .array(
      panels.map { panel in
        [
          "name": .string(panel.name),
          "images": .array(
            panel.images.map {
              ["x": .number($0.x), "y": .number($0.y), "group": .string($0.group.rawValue)]
            }),
          "classes": .array(
            panel.classes.map {
              [
                "name": .string($0.name), "x": .number($0.x), "y": .number($0.y),
                "group": .string($0.group.rawValue),
              ]
            }),
        ]
      })
    return .object(out)
  }
}
