// PublishedSettings - every method's settings as their papers give them, written down as numbers.
// SPDX-License-Identifier: Apache-2.0

/// The value of an option, as `config.json` holds it.
package enum Setting: Sendable, Equatable, ExpressibleByStringLiteral, ExpressibleByFloatLiteral,
  ExpressibleByIntegerLiteral
{
  /// A name.
  case word(String)
  /// A number.
  case number(Double)

  /// A name.
  package init(stringLiteral value: String) { self = .word(value) }
  /// A number.
  package init(floatLiteral value: Double) { self = .number(value) }
  /// A whole number.
  package init(integerLiteral value: Int) { self = .number(Double(value)) }
}

/// Settings by the names of `config.json`. Nothing here is read from the code.
package enum PublishedSettings {
  /// The published LMPT command for VOC-LT: ViT-B/16, batch 64, 50 epochs, 16 random class-specific
  /// tokens, DB loss, SGD 5e-4; what it leaves open is the reading of the paper (docs/Deviations.md).
  package static let lmpt: [String: Setting] = [
    "method": "lmpt", "n_ctx": 16, "m_ctx": 2, "ctx_init": "", "class_token_position": "end",
    "context": "class-specific", "loss_function": "dbl", "variant": "paper",
    "cseloss": "softmargin", "alignment": "sentence", "captions": "tokens", "weights_sum": "sum",
    "weight_gamma": 2, "margin": 0.2, "lam": 0.5,
    // Wu et al. (ECCV 2020) for VOC-MLT.
    "alpha": 0.1, "beta": 10, "gamma": 0.3, "neg_scale": 5, "kappa": 0.05, "focal": 2,
    // Ridnik et al. (ICCV 2021), as released.
    "gamma_neg": 4, "gamma_pos": 0,
    // LM-CLIP's configs for VOC-MLT with ViT-B/16.
    "smoothing": 0.1, "rarity": 1.35, "contrast": 1, "cls_weight": 0.4,
    "sampling": "uniform", "consistency": 0.1, "optimizer": "sgd", "lr": 0.0005, "momentum": 0.9,
    "weight_decay": 0.0001, "schedule": "plateau", "batch_size": 64, "epochs": 50, "seed": 0,
    // The adapters of zero-shot CLIP: one written prompt, TaskRes' scale, CLIP-Adapter's ratio,
    // the whole prior, and Tip-Adapter's weight and sharpness for ImageNet.
    "templates": "single", "residual_scale": 0.5, "adapter_ratio": 0.2, "prior_strength": 1,
    "cache_weight": 1.17, "cache_sharpness": 1,
    // Ours: the released program chooses on the test images.
    "select": "validation", "validation": 0.2, "scores": "softmax",
  ]

  /// What another method has in place of LMPT's.
  package static let methods: [String: [String: Setting]] = [
    "lmpt": [:],
    // CoOp: unified context of 16, SGD 2e-3, batch 32, one epoch at 1e-5 and then a cosine.
    "coop": [
      "cseloss": "none", "loss_function": "softmax", "context": "shared", "lr": 0.002,
      "weight_decay": 0.0005, "schedule": "warmup-cosine", "batch_size": 32, "epochs": 50,
    ],
    // CoCoOp: four tokens from "a photo of a", batch 1, ten epochs.
    "cocoop": [
      "cseloss": "none", "loss_function": "softmax", "context": "shared", "lr": 0.002,
      "weight_decay": 0.0005, "schedule": "warmup-cosine", "batch_size": 1, "epochs": 10,
      "ctx_init": "a photo of a", "n_ctx": 4,
    ],
    // DualCoOp: 16 + 16 class-specific tokens, ASL with exponents 2 and 1, SGD 1e-3, batch 32.
    "dualcoop": [
      "cseloss": "none", "loss_function": "asl", "gamma_neg": 2, "gamma_pos": 1, "lr": 0.001,
      "schedule": "cosine", "batch_size": 32, "epochs": 50, "scores": "sigmoid",
    ],
    // TaI-DPT: 16 unified tokens twice, ranking loss, SGD 1e-4, batch 512, 20 epochs.
    "tai-dpt": [
      "cseloss": "none", "loss_function": "ranking", "context": "shared", "lr": 0.0001,
      "weight_decay": 0.0005, "schedule": "cosine", "batch_size": 512, "epochs": 20,
      "scores": "logit",
    ],
    "linear-probe": [
      "cseloss": "none", "loss_function": "bce", "optimizer": "adamw", "lr": 0.001,
      "scores": "logit",
    ],
    "ltml": [
      "cseloss": "none", "loss_function": "bce", "optimizer": "adamw", "lr": 0.001,
      "scores": "logit",
    ],
    // The released fc.py: AdamW 1e-4, batch 4 and 100 epochs in its script, decay by what is trained.
    "finetune-head": [
      "cseloss": "none", "variant": "released", "optimizer": "adamw", "lr": 0.0001,
      "weight_decay": 0.0001, "batch_size": 4, "epochs": 100,
    ],
    "finetune": [
      "cseloss": "none", "variant": "released", "optimizer": "adamw", "lr": 0.0001,
      "weight_decay": 0.00001, "batch_size": 4, "epochs": 100,
    ],
    // TaskRes' command for 16 images a class: Adam 2e-3, batch 256, 200 epochs, and Dassl's decay.
    "task-res": [
      "cseloss": "none", "loss_function": "softmax", "optimizer": "adam", "lr": 0.002,
      "weight_decay": 0.0005, "schedule": "warmup-cosine", "batch_size": 256, "epochs": 200,
    ],
    // CLIP-Adapter under CoOp's command for ImageNet.
    "clip-adapter": [
      "cseloss": "none", "loss_function": "softmax", "lr": 0.002, "weight_decay": 0.0005,
      "schedule": "warmup-cosine", "batch_size": 32, "epochs": 50,
    ],
    // Nothing is trained: one pass that measures.
    "logit-adjustment": ["cseloss": "none", "loss_function": "softmax", "epochs": 1],
    "tip-adapter": [
      "cseloss": "none", "loss_function": "softmax", "epochs": 1, "scores": "logit",
    ],
    // Tip-Adapter's ImageNet settings: AdamW 1e-3 with torch's decay, batch 256, 20 epochs.
    "tip-adapter-f": [
      "cseloss": "none", "loss_function": "softmax", "optimizer": "adamw", "lr": 0.001,
      "weight_decay": 0.01, "schedule": "cosine", "batch_size": 256, "epochs": 20,
      "scores": "logit",
    ],
    // LM-CLIP's configs for ViT-B/16: BAL with gamma- 9.8, AdamW, decay 0.01, batch 8, 50 epochs,
    // cosine, images by rarity; the rate is ours, because only a context is trained.
    "lm-clip": [
      "cseloss": "none", "loss_function": "bal", "gamma_neg": 9.8, "context": "shared",
      "ctx_init": "a photo of a", "n_ctx": 4, "sampling": "rarity", "optimizer": "adamw",
      "lr": 0.001, "weight_decay": 0.01, "schedule": "cosine", "batch_size": 8, "epochs": 50,
    ],
    // LT-GCN's configuration for VOC-LT: Adam 1e-3 for the graph, batch 32, 120 epochs, DB loss.
    "lt-gcn": [
      "cseloss": "none", "optimizer": "adam", "lr": 0.001, "schedule": "cosine", "batch_size": 32,
      "epochs": 120, "scores": "logit",
    ],
    // ML-GCN's program for VOC: soft margin loss, SGD 0.1, batch 16, 20 epochs (no step before 30).
    "ml-gcn": [
      "cseloss": "none", "loss_function": "mls", "lr": 0.1, "schedule": "constant",
      "batch_size": 16, "epochs": 20, "scores": "logit",
    ],
    // CPRFL's program: ASL 4 and 0, AdamW, batch 16, 80 epochs; 5e-5 is in its configuration's name.
    "cprfl": [
      "cseloss": "none", "loss_function": "asl", "optimizer": "adamw", "lr": 0.00005,
      "schedule": "cosine", "batch_size": 16, "epochs": 80, "scores": "logit",
    ],
    // MLC-NC's program: classes in turn, Adam 1e-4, batch 64, 100 epochs.
    "mlc-nc": [
      "cseloss": "none", "loss_function": "asl", "sampling": "class-aware", "optimizer": "adam",
      "lr": 0.0001, "schedule": "cosine", "epochs": 100, "scores": "logit",
    ],
    // BBN's configuration for iNaturalist 2018: SGD 0.05, batch 128, 180 epochs.
    "bbn": [
      "cseloss": "none", "loss_function": "bce", "lr": 0.05, "schedule": "cosine",
      "batch_size": 128, "epochs": 180, "scores": "logit",
    ],
    // OLTR's second stage for ImageNet-LT: classes in turn, SGD 0.1, decay 5e-4, batch 128.
    "oltr": [
      "cseloss": "none", "loss_function": "bce", "sampling": "class-aware", "lr": 0.1,
      "weight_decay": 0.0005, "schedule": "cosine", "batch_size": 128, "epochs": 60,
      "scores": "logit",
    ],
  ]

  /// The data sets that have settings.
  package static let datasets = ["voc-lt", "coco-lt", "mini"]

  /// All settings of a method on a data set.
  package static func of(_ method: String, on dataset: String) -> [String: Setting] {
    var settings = lmpt.merging(methods[method] ?? [:]) { $1 }
    settings["method"] = .word(method)
    if dataset == "coco-lt" {
      // Wu et al. for COCO-MLT, and DualCoOp's rate for COCO.
      (settings["gamma"], settings["neg_scale"]) = (0.2, 2)
      if method == "dualcoop" { settings["lr"] = 0.002 }
      if method == "lm-clip" { (settings["rarity"], settings["cls_weight"]) = (1.6, 5) }
    }
    return settings
  }
}
