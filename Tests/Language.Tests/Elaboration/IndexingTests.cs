using ProbNet.Graph;

namespace ProbNet.Language.Tests.Elaboration;

/// <summary>Indices on any axis against loops over elements; all sizes differ.</summary>
public sealed class IndexingTests
{
    private const int A = 3, B = 5, C = 2, N = 7;

    private static readonly HostTensor X = Evaluated.Numbers([A, B, C]);
    private static readonly HostTensor I = Integers([N], [0, 2, 1, 2, 0, 1, 2]), J = Integers([N], [4, 0, 3, 3, 1, 2, 4]), K = Integers([C, 1], [1, 0]);

    [Theory]
    [InlineData("x.[i]", new[] { N, B, C })]
    [InlineData("x.[*, j]", new[] { A, N, C })]
    [InlineData("x.[*, j, 1]", new[] { A, N })]
    [InlineData("x.[i, j]", new[] { N, C })]
    [InlineData("x.[i, *, 1]", new[] { N, B })]
    [InlineData("x.[i, 2 .., 0]", new[] { N, 3 })]
    [InlineData("x.[2, j]", new[] { N, C })]
    [InlineData("x.[i, *, k]", new[] { C, N, B })]
    [InlineData("x.[*, j, k]", new[] { A, C, N })]
    [InlineData("x.[i, j, k]", new[] { C, N })]
    [InlineData("x.[*, [4; 0]]", new[] { A, 2, C })]
    [InlineData("x.[*, [1 .. 3]].[i]", new[] { N, 3, C })]
    public void Elements_are_those_that_the_positions_name(string expression, int[] shape)
    {
        var graph = Graph(expression);
        var value = Evaluated.At(graph, Values, graph.Deterministics[0].Value)[0];
        Assert.Equal(Shape.Create([.. shape]), value.Shape);
        for (var at = 0; at < value.Shape.Size; at++) Assert.Equal(Expected(expression, Position(value.Shape, at)), value[at]);
    }

    [Fact]
    public void Positions_that_the_data_makes_wrong_are_told_with_the_sizes()
    {
        var model = CheckerTests.Model("""
            model m (x : real[n, d]) = prob {
                let! y = normal x.[*, [0; 4]] 1.0
                return y
            }
            """);
        var fault = Assert.Throws<DiagnosticException>(() => model.Elaborate(new Dictionary<string, int> { ["n"] = 7, ["d"] = 4 }, "n", DType.F64));
        Assert.Equal("PN0404", fault.Diagnostics[0].Code.Id);
    }

    private static IReadOnlyDictionary<string, HostTensor> Values => new Dictionary<string, HostTensor> { ["x"] = X, ["i"] = I, ["j"] = J, ["k"] = K, ["s"] = Evaluated.Numbers([]) };

    private static Language.Elaboration.ModelGraph Graph(string expression) => CheckerTests.Model($$"""
        model m (x : real[a, b, c], i : int<a>[n], j : int<b>[n], k : int<c>[c, 1]) = prob {
            let it = deterministic ({{expression}})
            let! s = normal 0.0 1.0
            return s
        }
        """).Elaborate(new Dictionary<string, int> { ["a"] = A, ["b"] = B, ["c"] = C, ["n"] = N }, null, DType.F64);

    private static double Expected(string expression, int[] p) => expression switch
    {
        "x.[i]" => At(I[p[0]], p[1], p[2]),
        "x.[*, j]" => At(p[0], J[p[1]], p[2]),
        "x.[*, j, 1]" => At(p[0], J[p[1]], 1),
        "x.[i, j]" => At(I[p[0]], J[p[0]], p[1]),
        "x.[i, *, 1]" => At(I[p[0]], p[1], 1),
        "x.[i, 2 .., 0]" => At(I[p[0]], p[1] + 2, 0),
        "x.[2, j]" => At(2, J[p[0]], p[1]),
        "x.[i, *, k]" => At(I[p[1]], p[2], K[p[0]]),
        "x.[*, j, k]" => At(p[0], J[p[2]], K[p[1]]),
        "x.[i, j, k]" => At(I[p[1]], J[p[1]], K[p[0]]),
        "x.[*, [4; 0]]" => At(p[0], p[1] == 0 ? 4 : 0, p[2]),
        _ => At(I[p[0]], p[1] + 1, p[2]),
    };

    private static double At(double a, double b, double c) => X[(((int)a * B) + (int)b) * C + (int)c];

    private static int[] Position(Shape shape, int at)
    {
        var position = new int[shape.Rank];
        for (var axis = shape.Rank - 1; axis >= 0; axis--) (position[axis], at) = (at % shape[axis], at / shape[axis]);
        return position;
    }

    private static HostTensor Integers(Shape shape, long[] values) => HostTensor.FromDoubles(DType.I64, shape, [.. values.Select(v => (double)v)]);
}
