using ProbNet.Graph;
using ProbNet.Language.Elaboration;

namespace ProbNet.Language.Tests.Elaboration;

/// <summary>A prob block repeated with <c>iid</c> is that many independent copies of it.</summary>
public sealed class RepeatedBlockTests
{
    private const int K = 5, L = 2, N = 3;

    private const string Block = """
        let block x = prob {
            let! s = halfNormal 0.7
            let! z = normal (sum x) s |> iid [3]
            let c = deterministic (s * z + x)
            do! observe x (normal c 1.3)
            do! factor (0.1 * sum (square z))
            return (c, { total = sum c })
        }

        """;

    private static readonly ModelGraph One = Graph(Block + "model m (x : real[3]) = block x");

    private static readonly ModelGraph Many = Graph(Block + """
        model m (x : real[3]) = prob {
            let! (c, r) = block x |> iid [5; 2]
            let last = deterministic r.total
            return c
        }
        """);

    [Fact]
    public void Sites_and_results_get_the_leading_axes() =>
        Assert.Equal(
            [("c_r.s", "[5, 2]"), ("c_r.z", "[5, 2, 3]"), ("c_r.observe.1", "[5, 2, 3]"), ("c_r.c", "[5, 2, 3]"), ("last", "[5, 2]")],
            Many.Sites.Select(s => (s.Name, s.Value.Shape.ToString())).Concat(Many.Deterministics.Select(d => (d.Name, d.Value.Shape.ToString()))));

    [Fact]
    public void The_density_is_the_product_of_the_copies()
    {
        var x = Evaluated.Numbers([N], 0.2);
        var (s, z) = (Evaluated.Numbers([K, L], 0.6), Evaluated.Numbers([K, L, N], -0.8));
        var sum = 0.0;
        for (var copy = 0; copy < K * L; copy++)
        {
            var values = new Dictionary<string, HostTensor> { ["x"] = x, ["s"] = Part(s, copy, []), ["z"] = Part(z, copy, [N]) };
            sum += Evaluated.Joint(One, values);
        }
        var joint = Evaluated.Joint(Many, new Dictionary<string, HostTensor> { ["x"] = x, ["c_r.s"] = s, ["c_r.z"] = z });
        Assert.Equal(sum, joint, 9);
    }

    [Fact]
    public void A_repetition_over_rows_is_a_plate()
    {
        var graph = CheckerTests.Model("""
            model m [n] = prob {
                let! tau = halfNormal 1.0
                let! y = prob { let! mu = normal 0.0 tau
                                return! normal mu 1.0 } |> iid [n]
                return y
            }
            """).Elaborate(new Dictionary<string, int> { ["n"] = 7 }, "n", DType.F64);
        Assert.Equal([("tau", false), ("y.mu", true), ("y", true)], graph.Sites.Select(s => (s.Name, s.PerRow)));
    }

    private static HostTensor Part(HostTensor all, int index, Shape shape) =>
        HostTensor.FromDoubles(DType.F64, shape, [.. Enumerable.Range(0, shape.Size).Select(i => all[index * shape.Size + i])]);

    private static ModelGraph Graph(string text) => CheckerTests.Model(text).Elaborate(new Dictionary<string, int>(), null, DType.F64);
}
