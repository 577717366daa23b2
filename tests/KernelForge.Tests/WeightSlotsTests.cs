namespace KernelForge.Tests;

public class WeightSlotsTests
{
    private sealed class Block : ILayer
    {
        public Linear Query { get; } = new(2, 3);

        public Parameter Absent { get; } = new(3, present: false);

        void ILayer.DescribeWeights(WeightSlots slots)
        {
            slots.Add("query", Query, "attention.query", "attn.q");
            slots.Add("absent", Absent);
        }
    }

    private sealed class Model : ILayer
    {
        public Embedding Word { get; } = new(5, 2);

        public Parameter Slope { get; } = new(2, 4);

        public Linear Head { get; } = new(2, 5, bias: false, transposed: true);

        public Layers<Block> Layers { get; } = new(2, () => new Block());

        void ILayer.DescribeWeights(WeightSlots slots)
        {
            slots.Add("word", Word, "embeddings.word");
            slots.Add("slope", Slope);
            slots.Add("layers", Layers, "encoder.layer.{i}", "h.{i}");
            slots.Add("head", Head, "");
        }
    }

    private sealed class Stack(IReadOnlyList<ILayer> layers, params string[] names) : ILayer
    {
        void ILayer.DescribeWeights(WeightSlots slots) => slots.Add("layers", layers, names);
    }

    [Fact]
    public void Every_tensor_has_its_path_in_the_order_of_the_fields() =>
        Assert.Equal(
            [
                "word.weight", "slope", "layers[0].query.weight", "layers[0].query.bias",
                "layers[1].query.weight", "layers[1].query.bias", "head.weight",
            ],
            WeightSlots.Of(new Model()).Select(slot => slot.Path));

    [Fact]
    public void Names_are_the_outer_alternatives_times_the_inner_ones()
    {
        IReadOnlyList<WeightSlot> slots = WeightSlots.Of(new Model());
        Assert.Equal(["embeddings.word.weight"], slots[0].Names);
        Assert.Equal(["slope"], slots[1].Names);
        Assert.Equal(
            [
                "encoder.layer.1.attention.query.bias", "encoder.layer.1.attn.q.bias",
                "h.1.attention.query.bias", "h.1.attn.q.bias",
            ],
            slots[5].Names);
        Assert.Equal(["weight"], slots[6].Names);
    }

    [Fact]
    public void A_prefix_goes_before_every_name()
    {
        WeightSlot slot = WeightSlots.Of(new Model(), "bert")[0];
        Assert.Equal(["bert.embeddings.word.weight"], slot.Names);
        Assert.Equal("word.weight", slot.Path);
    }

    [Fact]
    public void Shapes_are_those_of_the_checkpoint()
    {
        IReadOnlyList<WeightSlot> slots = WeightSlots.Of(new Model());
        Assert.Equal([5, 2], slots[0].Shape);
        Assert.Equal([2, 4], slots[1].Shape);
        Assert.Equal([3, 2], slots[2].Shape);
        Assert.Equal([3], slots[3].Shape);
        Assert.Equal([2, 5], slots[6].Shape);
    }

    [Fact]
    public void Loading_the_slots_loads_the_parameters()
    {
        var model = new Model();
        IReadOnlyList<WeightSlot> slots = WeightSlots.Of(model);
        foreach (WeightSlot slot in slots)
        {
            int count = slot.Shape.Aggregate(1, (product, side) => product * side);
            slot.Load([.. Enumerable.Range(1, count).Select(n => (double)n)]);
        }
        Assert.Same(model.Layers[1].Query, slots[4].Leaf);
        Assert.Equal([1 + 2 + 1, 3 + 4 + 2, 5 + 6 + 3], model.Layers[1].Query[Some.Rows([1, 1])].Values.ToArray());
        Assert.Equal([7, 9, 11, 13, 15], model.Head[Some.Rows([1, 1])].Values.ToArray());
        Assert.Equal(8, model.Slope[1, 3]);
    }

    [Fact]
    public void Errors_name_the_path_once_it_is_known()
    {
        var model = new Model();
        IReadOnlyList<WeightSlot> slots = WeightSlots.Of(model);
        string unloaded = Assert.Throws<InvalidOperationException>(() => model.Layers[1].Query[Some.Rows([1, 1])]).Message;
        Assert.Contains("'layers[1].query.weight' is not loaded", unloaded, StringComparison.Ordinal);
        string misshapen = Assert.Throws<ArgumentException>(() => slots[5].Load(new double[2])).Message;
        Assert.Contains("'layers[1].query.bias' takes [3] = 3 numbers, got 2", misshapen, StringComparison.Ordinal);
    }

    [Fact]
    public void Layers_that_would_share_their_tensors_are_refused()
    {
        var layers = new Layers<Block>(2, () => new Block());
        Refuses.With<ArgumentException>(
            "the 2 layers of 'layers' would all be called 'encoder.layer'", () => WeightSlots.Of(new Stack(layers, "encoder.layer")));
    }

    [Fact]
    public void Without_names_a_stack_is_its_field_and_index() =>
        Assert.Equal(
            ["layers.0.attention.query.weight", "layers.0.attn.q.weight"],
            WeightSlots.Of(new Stack(new Layers<Block>(1, () => new Block())))[0].Names);
}
