# run_cases - which runs runs.py stores, every option written out.
# SPDX-License-Identifier: Apache-2.0
"""Options under the names of a run's `config.json`; none is left to a default of the program.

The constants of the first five blocks are the published ones where the tiny data allow it, with
larger steps, fewer images a batch and fewer epochs.
"""
SHARED = {
    "loss_function": "dbl", "variant": "paper", "alpha": 0.1, "beta": 10.0, "gamma": 0.3,
    "neg_scale": 5.0, "kappa": 0.05, "focal": 2.0, "gamma_neg": 4.0, "gamma_pos": 0.0,
    "sampling": "uniform", "consistency": 0.1, "optimizer": "sgd", "lr": 0.05, "momentum": 0.9,
    "weight_decay": 1e-4, "schedule": "plateau", "batch_size": 8, "epochs": 3, "seed": 0,
    "select": "validation", "validation": 0.25, "scores": "softmax",
}
PROMPTS = {
    **SHARED, "n_ctx": 4, "m_ctx": 2, "ctx_init": "", "class_token_position": "end",
    "context": "class-specific", "cseloss": "none", "alignment": "sentence", "captions": "tokens",
    "weights_sum": "sum", "weight_gamma": 2.0, "margin": 0.2, "lam": 0.5,
}
LMPT = {**PROMPTS, "method": "lmpt", "cseloss": "softmargin"}
RELEASED = {**LMPT, "variant": "released", "alignment": "tokens-all", "captions": "released"}
COOP = {**PROMPTS, "method": "coop", "loss_function": "softmax", "context": "shared",
        "weight_decay": 5e-4, "schedule": "warmup-cosine"}
COCOOP = {**COOP, "method": "cocoop", "ctx_init": "a photo of a", "batch_size": 5}
DUALCOOP = {**PROMPTS, "method": "dualcoop", "loss_function": "asl", "gamma_neg": 2.0,
            "gamma_pos": 1.0, "schedule": "cosine", "scores": "sigmoid", "lr": 0.01}
TAIDPT = {**PROMPTS, "method": "tai-dpt", "loss_function": "ranking", "context": "shared",
          "weight_decay": 5e-4, "schedule": "cosine", "scores": "logit"}
PROBE = {**SHARED, "method": "linear-probe", "loss_function": "bce", "optimizer": "adamw",
         "lr": 0.01, "scores": "logit"}
LTML = {**PROBE, "method": "ltml"}
HEAD = {**SHARED, "method": "finetune-head", "variant": "released", "optimizer": "adamw",
        "lr": 0.01, "batch_size": 4}
# by SGD: AdamW would make steps of full size out of the rounding of gradients that are 0, as that
# of a key's bias is
TUNED = {**HEAD, "method": "finetune", "optimizer": "sgd", "lr": 0.005, "epochs": 2}

CASES = {
    "lmpt-paper": LMPT,
    "lmpt-released": {**RELEASED, "lr": 0.005, "select": "test", "validation": 0.0},
    "coop": COOP,
    "cocoop": {**COCOOP, "epochs": 2},
    "dualcoop": DUALCOOP,
    "tai-dpt": TAIDPT,
    "linear-probe": PROBE,
    "ltml": LTML,
    "finetune-head": HEAD,
    "finetune": TUNED,

    # the wiring of a run
    "plateau-validation": {**PROBE, "optimizer": "sgd", "lr": 1.0, "epochs": 20, "seed": 1},
    "plateau-test": {**PROBE, "optimizer": "sgd", "lr": 1.0, "epochs": 20, "seed": 2,
                     "select": "test"},
    "plateau-loss": {**PROBE, "optimizer": "sgd", "lr": 1.0, "epochs": 20, "seed": 3,
                     "validation": 0.0},
    "plateau-test-all": {**PROBE, "optimizer": "sgd", "lr": 1.0, "epochs": 16, "seed": 2,
                         "select": "test", "validation": 0.0},
    "plateau-last": {**PROBE, "optimizer": "sgd", "lr": 1.0, "epochs": 20, "seed": 4,
                     "select": "last", "validation": 0.1},
    "lmpt-plateau": {**LMPT, "lr": 0.5, "epochs": 14, "batch_size": 16, "seed": 5},
    "class-aware": {**PROBE, "sampling": "class-aware", "seed": 6},
    "lmpt-class-aware": {**LMPT, "sampling": "class-aware", "weights_sum": "mean", "seed": 7},
    "ltml-class-aware": {**LTML, "sampling": "class-aware", "consistency": 2.0, "seed": 8},

    # the options of a prompt
    "lmpt-words": {**LMPT, "ctx_init": "a man riding a", "weights_sum": "mean", "optimizer": "adam",
                   "lr": 0.01, "scores": "logit"},
    "lmpt-tokens": {**LMPT, "alignment": "tokens", "m_ctx": 1, "weights_sum": "mean", "lam": 0.3,
                    "optimizer": "adamw", "lr": 0.01, "schedule": "constant", "scores": "sigmoid"},
    "lmpt-tokens-all": {**LMPT, "alignment": "tokens-all", "context": "shared",
                        "class_token_position": "front", "cseloss": "margin"},
    "lmpt-cut": {**LMPT, "captions": "released", "class_token_position": "middle",
                 "cseloss": "weighted", "weight_gamma": 1.0, "weights_sum": "mean"},
    "lmpt-hinge": {**LMPT, "cseloss": "hinge", "margin": 0.7, "context": "shared"},
    "released-words": {**RELEASED, "ctx_init": "a man riding a", "class_token_position": "front",
                       "lr": 0.005},
    "coop-upstream": {**COOP, "loss_function": "dbl", "variant": "upstream", "schedule": "cosine"},
    "cocoop-e6": {**COCOOP, "cseloss": "softmargin", "weights_sum": "mean", "epochs": 2, "seed": 9,
                  "alignment": "tokens-all"},
    "dualcoop-e6": {**DUALCOOP, "cseloss": "softmargin", "weights_sum": "mean", "epochs": 2},
    "tai-dpt-e6": {**TAIDPT, "cseloss": "margin", "epochs": 2, "loss_function": "bce",
                   "alignment": "tokens", "m_ctx": 1},

    # every constant away from its default, every loss by name
    "constants": {**LMPT, "alpha": 0.3, "beta": 4.0, "gamma": 0.6, "neg_scale": 2.0, "kappa": 0.4,
                  "focal": 1.0, "margin": 0.5, "weight_gamma": 0.5, "lam": 0.2, "momentum": 0.5,
                  "weight_decay": 0.05, "weights_sum": "mean", "m_ctx": 3, "n_ctx": 5},
    "asl": {**PROBE, "loss_function": "asl", "gamma_neg": 3.0, "gamma_pos": 1.0},
    "ldam": {**PROBE, "loss_function": "ldam"},
    "inv": {**PROBE, "loss_function": "inv", "optimizer": "sgd"},
    "sqrt_inv": {**PROBE, "loss_function": "sqrt_inv", "optimizer": "sgd",
                 "batch_size": 64},
    "mls": {**PROBE, "loss_function": "mls"},
    "CBloss-ntr": {**PROBE, "loss_function": "CBloss-ntr", "gamma": 0.2, "neg_scale": 2.0},
    "DBloss": {**PROBE, "loss_function": "DBloss", "neg_scale": 2.0},
}
