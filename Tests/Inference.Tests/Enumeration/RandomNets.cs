using ProbNet.Graph;
using ProbNet.Inference;
using ProbNet.Inference.Tests.Models;
using ProbNet.Language.Distributions;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Inference.Tests.Enumeration;

/// <summary>
/// Random Bayesian networks of discrete latent sites, scalar and in a plate over rows, with continuous latent and observed children. Parents enter as indices, as conditions and
/// as coefficients.
/// </summary>
internal static class RandomNets
{
    private const int Rows = 2;

    public static (BoundModel Model, DataSet Data, Dictionary<string, HostTensor> Latent) Make(int seed)
    {
        var model = ModelBuilder.Bind(Rows, [.. Enumerable.Range(0, 3).Select(i => $"y{i}")], b => Build(b, new Random(seed)));
        var graph = model.Elaborate(Rows);
        var values = graph.Sites.Where(s => s.Kind == Language.Elaboration.SiteKind.Sample && s.Value.DType.IsFloat() && s.Distribution.EventShape.Rank == 0)
            .Select((s, i) => (s.Name, Value: Samples.Tensor(s.Value.Shape, 100 * seed + i))).ToDictionary(p => p.Name, p => p.Value);
        var observed = values.Where(v => v.Key[0] == 'y').ToDictionary(v => v.Key, v => v.Value);
        return (model, new(observed, Rows), values);
    }

    private static void Build(ModelBuilder b, Random random)
    {
        var discrete = new List<(Tensor Hole, int Labels)>();
        for (var i = 0; i < 4; i++)
        {
            var isPlate = random.Next(2) == 0;
            var parents = discrete.Where(d => d.Hole.Rank <= (isPlate ? 1 : 0) && random.Next(3) > 0).ToList();
            var isBinary = random.Next(3) == 0;
            var labels = isBinary ? 2 : 3;
            // Sums of functions of single parents: the log-probabilities of a site given its parents.
            Shape shape = isPlate ? [Rows, labels] : [labels];
            var logits = parents.Aggregate(Full(b.Precision, shape, 0) + Numbers([labels], random), (sum, p) => sum + Function(p, labels, random));
            var distribution = isBinary ? Bernoulli.Of(Index(logits, logits.Rank - 1, 0)) : Categorical.Of(logits);
            discrete.Add((b.Draw($"z{i}", distribution, perRow: isPlate), labels));
        }
        for (var i = 0; i < 2; i++) Child(b, $"x{i}", discrete, random, isPlate: random.Next(2) == 0);
        for (var i = 0; i < 3; i++) Child(b, $"y{i}", discrete, random, isPlate: true);
    }

    private static void Child(ModelBuilder b, string name, List<(Tensor Hole, int Labels)> discrete, Random random, bool isPlate)
    {
        var mean = isPlate ? Full(b.Precision, [Rows], 0.1) : b.Real(0.1);
        foreach (var parent in discrete.Where(d => d.Hole.Rank <= (isPlate ? 1 : 0) && random.Next(2) == 0)) mean += Squeeze(Function(parent, 1, random), -1);
        b.Draw(name, Normal.Of(mean, b.Real(0.7)), perRow: isPlate);
    }

    // [parent's shape…, width]: a table looked up, a condition on the label, or the label as a number.
    private static Tensor Function((Tensor Hole, int Labels) parent, int width, Random random) => random.Next(3) switch
    {
        0 => Gather(Numbers([parent.Labels, width], random), parent.Hole),
        1 => Select(Equal(ExpandWidth(parent.Hole, width), Constant(HostTensor.Scalar(1))), Numbers([width], random) + Full(DType.F64, parent.Hole.Shape.Concat([width]), 0), Full(DType.F64, parent.Hole.Shape.Concat([width]), -0.3)),
        _ => Convert(ExpandWidth(parent.Hole, width), DType.F64) * Numbers([width], random),
    };

    private static Tensor ExpandWidth(Tensor x, int width) => BroadcastTo(ExpandDims(x, -1), x.Shape.Concat([width]));

    private static Tensor Numbers(Shape shape, Random random) => Constant(HostTensor.Of(shape, [.. Enumerable.Range(0, shape.Size).Select(_ => 3 * random.NextDouble() - 1.5)]));
}
