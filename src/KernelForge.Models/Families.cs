namespace KernelForge.Models;

/// <summary>Every ready model by the name that a checkpoint gives it: a line a model.</summary>
internal static class Families
{
    /// <summary>Models without a head, by <c>model_type</c>.</summary>
    public static ModelTable<IModel> Models { get; } = new("model_type")
    {
        ["albert"] = AlbertModel.Load,
        ["bart"] = BartModel.Load,
        ["bert"] = BertModel.Load,
        ["camembert"] = RobertaModel.Load,
        ["deberta"] = DebertaModel.Load,
        ["deberta-v2"] = DebertaV2Model.Load,
        ["distilbert"] = DistilBertModel.Load,
        ["fnet"] = FNetModel.Load,
        ["gemma2"] = Gemma2Model.Load,
        ["gpt2"] = Gpt2Model.Load,
        ["llama"] = LlamaModel.Load,
        ["mistral"] = MistralModel.Load,
        ["mixtral"] = MixtralModel.Load,
        ["modernbert"] = ModernBertModel.Load,
        ["moonshine"] = MoonshineModel.Load,
        ["mt5"] = T5Model.Load,
        ["poolformer"] = PoolFormerModel.Load,
        ["qwen3"] = Qwen3Model.Load,
        ["roberta"] = RobertaModel.Load,
        ["t5"] = T5Model.Load,
        ["vit"] = VitModel.Load,
        ["wav2vec2-conformer"] = Wav2Vec2ConformerModel.Load,
        ["xlm-roberta"] = RobertaModel.Load,
    };

    /// <summary>Models with the pooler that they were trained with, by <c>model_type</c>.</summary>
    public static ModelTable<ISequenceModel> Poolers { get; } = new("model_type")
    {
        ["albert"] = AlbertPoolerModel.Load,
        ["bert"] = BertPoolerModel.Load,
        ["camembert"] = RobertaPoolerModel.Load,
        ["fnet"] = FNetPoolerModel.Load,
        ["roberta"] = RobertaPoolerModel.Load,
        ["xlm-roberta"] = RobertaPoolerModel.Load,
    };

    /// <summary>Classifiers and rerankers, by <c>architectures</c>.</summary>
    public static ModelTable<ISequenceModel> SequenceClassifiers { get; } = new("architectures")
    {
        ["BertForSequenceClassification"] = BertForSequenceClassification.Load,
        ["CamembertForSequenceClassification"] = RobertaForSequenceClassification.Load,
        ["DistilBertForSequenceClassification"] = DistilBertForSequenceClassification.Load,
        ["ModernBertForSequenceClassification"] = ModernBertForSequenceClassification.Load,
        ["RobertaForSequenceClassification"] = RobertaForSequenceClassification.Load,
        ["XLMRobertaForSequenceClassification"] = RobertaForSequenceClassification.Load,
    };

    /// <summary>Logits over a vocabulary, by <c>architectures</c>.</summary>
    public static ModelTable<IModel> LanguageModels { get; } = new("architectures")
    {
        ["BartForConditionalGeneration"] = BartForConditionalGeneration.Load,
        ["GPT2LMHeadModel"] = Gpt2ForCausalLM.Load,
        ["Gemma2ForCausalLM"] = Gemma2ForCausalLM.Load,
        ["LlamaForCausalLM"] = LlamaForCausalLM.Load,
        ["MT5ForConditionalGeneration"] = T5ForConditionalGeneration.Load,
        ["MistralForCausalLM"] = MistralForCausalLM.Load,
        ["MixtralForCausalLM"] = MixtralForCausalLM.Load,
        ["MoonshineForConditionalGeneration"] = MoonshineForConditionalGeneration.Load,
        ["Qwen3ForCausalLM"] = Qwen3ForCausalLM.Load,
        ["T5ForConditionalGeneration"] = T5ForConditionalGeneration.Load,
    };

    /// <summary>Language models whose sequences go on from run to run, by <c>architectures</c>.</summary>
    public static ModelTable<IIncrementalModel> Generators { get; } = new("architectures")
    {
        ["BartForConditionalGeneration"] = BartGenerator.Load,
        ["GPT2LMHeadModel"] = Gpt2Generator.Load,
        ["Gemma2ForCausalLM"] = Gemma2Generator.Load,
        ["LlamaForCausalLM"] = LlamaGenerator.Load,
        ["MT5ForConditionalGeneration"] = T5Generator.Load,
        ["MistralForCausalLM"] = MistralGenerator.Load,
        ["MixtralForCausalLM"] = MixtralGenerator.Load,
        ["MoonshineForConditionalGeneration"] = MoonshineGenerator.Load,
        ["Qwen3ForCausalLM"] = Qwen3Generator.Load,
        ["T5ForConditionalGeneration"] = T5Generator.Load,
    };

    /// <summary>Classifiers of tokens, by <c>architectures</c>.</summary>
    public static ModelTable<ITokenModel> TokenClassifiers { get; } = new("architectures")
    {
        ["BertForTokenClassification"] = BertForTokenClassification.Load,
        ["CamembertForTokenClassification"] = RobertaForTokenClassification.Load,
        ["DistilBertForTokenClassification"] = DistilBertForTokenClassification.Load,
        ["RobertaForTokenClassification"] = RobertaForTokenClassification.Load,
        ["XLMRobertaForTokenClassification"] = RobertaForTokenClassification.Load,
    };
}
