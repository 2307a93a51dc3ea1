"""Models of a few thousand weights, made in the test: nothing that they write is meant."""

from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers
from transformers import GPT2Config, GPT2LMHeadModel, LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

from nlp.larger.request import system_prompt

TEMPLATE = "{% for m in messages %}<{{ m['role'] }}>{{ m['content'] }}</s>{% endfor %}<assistant>"
NO_SYSTEM = "{% if messages[0]['role'] == 'system' %}{{ raise_exception('no system here') }}{% endif %}" + TEMPLATE


def gpt2(folder: Path, positions: int = 8192) -> Path:
    """A GPT-2 with a byte-level BPE vocabulary, and no template for a chat."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(
        vocab_size=700, initial_alphabet=alphabet, special_tokens=["</s>"], show_progress=False
    )
    tokenizer.train_from_iterator([system_prompt()], trainer)
    kept = _saved(tokenizer, folder, "")
    torch.manual_seed(3)
    config = GPT2Config(
        vocab_size=len(kept), n_positions=positions, n_embd=16, n_layer=1, n_head=2, bos_token_id=0, eos_token_id=0
    )
    GPT2LMHeadModel(config).save_pretrained(folder)
    return folder


def llama(folder: Path, template: str = TEMPLATE) -> Path:
    """A Llama with a vocabulary in the manner of SentencePiece, bytes for what it lacks, and a template for a chat."""
    pieces = ["<unk>", "</s>", *(f"<0x{byte:02X}>" for byte in range(256)), "\u2581", *map(chr, range(33, 127))]
    words = ["\u2581usdc", "usdc", "\u2581to", '\u2581"', '":', "transfer", "actions", "intent"]
    vocabulary = {piece: number for number, piece in enumerate([*pieces, *words])}
    tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=[], unk_token="<unk>", byte_fallback=True))
    tokenizer.normalizer = normalizers.Replace(" ", "\u2581")
    tokenizer.decoder = decoders.Sequence([decoders.Replace("\u2581", " "), decoders.ByteFallback(), decoders.Fuse()])
    kept = _saved(tokenizer, folder, template)
    torch.manual_seed(5)
    config = LlamaConfig(
        vocab_size=len(kept), hidden_size=16, intermediate_size=32, num_hidden_layers=1, num_attention_heads=2,
        num_key_value_heads=2, max_position_embeddings=16384, bos_token_id=1, eos_token_id=1,
    )  # fmt: skip
    LlamaForCausalLM(config).save_pretrained(folder)
    return folder


def _saved(tokenizer: Tokenizer, folder: Path, template: str) -> Any:
    kept = PreTrainedTokenizerFast(tokenizer_object=tokenizer, eos_token="</s>")
    if template:
        kept.chat_template = template
    kept.save_pretrained(folder)
    return kept
