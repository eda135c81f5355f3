using ProbNet.Graph;
using ProbNet.Language.Elaboration;
using static ProbNet.Graph.TensorMath;

namespace ProbNet.Language.Tests.Elaboration;

/// <summary>map, fold and scan over tensors and lists, and draws inside them.</summary>
public sealed class LoopTests
{
    // Long enough for a loop, and short enough to be written out.
    private static readonly int[] Lengths = [7, 3, 1];

    [Fact]
    public void A_fold_is_the_loop_it_stands_for()
    {
        foreach (var t in Lengths)
        {
            var (x, y) = (Numbers(t, 1), Numbers(t, 2));
            double s = 0.5, u = 0;
            for (var i = 0; i < t; i++) (s, u) = (Math.Tanh(s * x[i]) + u, u + y[i] * s);
            Near([s + 10 * u], Values("""
                let f s (a, b) = { h = tanh (s.h * a) + s.u; u = s.u + b * s.h }
                let r = fold f { h = 0.5; u = 0.0 } (x, y)
                let out = deterministic (r.h + 10.0 * r.u)
                """, t, x, y), $"t = {t}");
        }
    }

    [Fact]
    public void A_scan_keeps_states_or_outputs()
    {
        foreach (var t in Lengths)
        {
            var (x, y) = (Numbers(t, 3), Numbers(t, 4));
            var states = new double[t];
            var outputs = new double[t];
            var s = 1.0;
            for (var i = 0; i < t; i++)
            {
                outputs[i] = s * y[i];
                states[i] = s = Math.Sin(s + x[i]);
            }
            Near(states, Values("let out = deterministic (scan (fun s a -> sin (s + a)) 1.0 x)", t, x, y), "states");
            Near(outputs, Values("let (_, o) = scan (fun s (a, b) -> (sin (s + a), s * b)) 1.0 (x, y)\nlet out = deterministic o", t, x, y), "outputs");
            Near([s], Values("let (last, _) = scan (fun s (a, b) -> (sin (s + a), s * b)) 1.0 (x, y)\nlet out = deterministic last", t, x, y), "last state");
            Near([.. x.Zip(y, (a, b) => a * a + b)], Values("let out = deterministic (map (fun (a, b) -> a * a + b) (x, y))", t, x, y), "map");
        }
    }

    [Fact]
    public void Lists_are_written_out()
    {
        double[] x = [0.25, -0.5, 0.75], y = [0, 0, 0];
        Near([((0.25 * 2 + 1) * 3 + 1) * 5 + 1], Values("let out = deterministic (fold (fun s k -> s * k + 1.0) x.[0] [2; 3; 5])", 3, x, y), "fold");
        Near([1.5 + 10 * 5.5], Values("let s = scan (fun s k -> s * k + 1.0) x.[0] [2; 3]\nlet out = deterministic (s.[0] + 10.0 * s.[1])", 3, x, y), "scan");
    }

    [Fact]
    public void Loops_nest()
    {
        double[] x = Numbers(6, 5), y = Numbers(6, 6);
        var s = 0.0;
        foreach (var a in x)
        {
            var r = s;
            foreach (var b in y) r = Math.Tanh(r + a * b);
            s = r;
        }
        Near([s], Values("let out = deterministic (fold (fun s a -> fold (fun r b -> tanh (r + a * b)) s y) 0.0 x)", 6, x, y), "nested");
    }

    [Fact]
    public void Draws_inside_a_loop_are_sites_with_an_axis_of_steps()
    {
        var program = Check(Walk);
        var model = program.Models.Single();
        Assert.Equal(["tau : real", "path.z : real[t, 2]", "path.seen : real[t]"], model.Sites.Select(s => $"{s.Name} : {s.Type}"));
        foreach (var t in Lengths)
        {
            var graph = model.Elaborate(new Dictionary<string, int> { ["t"] = t }, null, DType.F64);
            Assert.Equal([t, 2], graph.Sites[1].Value.Shape);
            Assert.Same(graph.Sites[1].Recurrence, graph.Sites[2].Recurrence);
            Assert.NotNull(graph.Sites[1].Recurrence);
            // The state is the value of the step before, so nothing is left to loop over.
            Assert.DoesNotContain(Topology.Sort(graph.Sites.Select(s => s.Distribution.LogDensity(s.Value))), node => node.Op == OpCode.Scan);

            double[] x = Numbers(t, 7), z = Numbers(2 * t, 8), seen = Numbers(t, 9);
            var holes = graph.Sites.Map(s => s.Value);
            var density = graph.Sites.Skip(1).Aggregate(Constant(DType.F64, 0), (sum, s) => sum + SumAll(s.Distribution.LogDensity(s.Value)));
            Tensor[] inputs = [graph.Arguments[0].Value, .. holes];
            var got = Reference.Evaluate(new(inputs, [("y", density)]), [HostTensor.Of([t], x), HostTensor.Of([], [0.7]), HostTensor.Of([t, 2], z), HostTensor.Of([t], seen)])[0][0];
            var expected = 0.0;
            for (var i = 0; i < t; i++)
            {
                for (var k = 0; k < 2; k++) expected += LogNormal(z[2 * i + k], i == 0 ? 0 : 0.5 * z[2 * (i - 1) + k], 0.7);
                expected += LogNormal(seen[i], z[2 * i] + z[2 * i + 1] + x[i], 0.3);
            }
            Assert.Equal(expected, got, 1e-10);
        }
    }

    [Fact]
    public void Draws_inside_a_loop_are_drawn_step_by_step()
    {
        // With next to no noise a draw is the recurrence itself, which has memory of its own beside the last draw.
        var model = Check("""
            module M
            let step (m, z) a = prob {
                let! z = normal (0.5 * z + m + a) 1e-9
                return (0.5 * m + z, z)
            }
            model walk (x : real[t]) = prob {
                let! path = x |> fold step (0.25, 1.0)
                return path
            }
            """).Models.Single();
        foreach (var t in Lengths)
        {
            var graph = model.Elaborate(new Dictionary<string, int> { ["t"] = t }, null, DType.F64);
            var site = graph.Sites.Single();
            var random = new RandomSource(Constant(HostTensor.Scalar(5L)), Constant(HostTensor.Scalar(0L)), Constant(HostTensor.Scalar(11L)));
            var drawn = site.Recurrence!.Sample(new Dictionary<string, Tensor>(), s => random.Named(s.Name), DType.F64)["path.z"];
            Assert.Equal([t], drawn.Shape);
            var x = Numbers(t, 10);
            var got = Reference.Evaluate(new([graph.Arguments[0].Value], [("y", drawn)]), [HostTensor.Of([t], x)])[0].ToDoubles();
            double m = 0.25, z = 1;
            for (var i = 0; i < t; i++)
            {
                z = 0.5 * z + m + x[i];
                m = 0.5 * m + z;
                Assert.Equal(z, got[i], 1e-6);
            }
        }
    }

    [Fact]
    public void Steps_and_draws_have_numbers_of_their_own()
    {
        var model = Check("module M\nmodel walk (x : real[t]) = prob {\n    let! z = x |> fold (fun z a -> normal (0.0 * z) 1.0) 0.0\n    return z\n}").Models.Single();
        var graph = model.Elaborate(new Dictionary<string, int> { ["t"] = 50 }, null, DType.F64);
        var seen = new HashSet<double>();
        foreach (var draw in new[] { 0L, 1, 2 })
        {
            var random = new RandomSource(Constant(HostTensor.Scalar(5L)), Constant(HostTensor.Scalar(0L)), Constant(HostTensor.Scalar(draw)));
            var drawn = graph.Sites[0].Recurrence!.Sample(new Dictionary<string, Tensor>(), s => random.Named(s.Name), DType.F64)["z"];
            foreach (var value in Reference.Evaluate(new([], [("y", drawn)]), [])[0].ToDoubles()) Assert.True(seen.Add(value), "a number came twice");
        }
    }

    [Fact]
    public void A_chain_of_labels_carries_the_label_of_the_step_before()
    {
        var model = Check("""
            module M
            let step table level z a = prob {
                let! z = categorical table.[z, *]
                let! seen = normal level.[z] 0.5
                return z
            }
            model chain (x : real[t]) = prob {
                let! table = normal 0.0 1.0 |> iid [3; 3]
                let! level = normal 0.0 2.0 |> iid [3]
                let! path = x |> fold (step table level) 0
                return path
            }
            """).Models.Single();
        Assert.Equal(["table : real[3, 3]", "level : real[3]", "path.z : int<3>[t]", "path.seen : real[t]"], model.Sites.Select(s => $"{s.Name} : {s.Type}"));
        var graph = model.Elaborate(new Dictionary<string, int> { ["t"] = 6 }, null, DType.F64);
        var (site, loop) = (graph.Sites[2], graph.Sites[2].Recurrence!.Loop);
        var own = graph.Sites[2].Recurrence!.Sites.Single(s => s.Name == "path.z");
        Assert.Same(own.Slice, loop.Next.Single());
        Assert.Equal(2, graph.Sites[2].Recurrence!.Sites.Count);

        double[] table = Numbers(9, 12);
        long[] z = [2, 0, 0, 1, 2, 1];
        var expected = Enumerable.Range(0, 6).Select(i =>
        {
            var row = table.AsSpan(3 * (i == 0 ? 0 : (int)z[i - 1]), 3).ToArray();
            return row[z[i]] - Math.Log(row.Sum(Math.Exp));
        }).ToArray();
        var density = site.Distribution.LogDensity(site.Value);
        Near(expected, Reference.Evaluate(new([graph.Sites[0].Value, site.Value], [("y", density)]), [HostTensor.Of([3, 3], table), HostTensor.Of([6], z)])[0].ToDoubles(), "density");

        // A table that allows one successor each: 0 to 1, 1 to 2, 2 to 0.
        var random = new RandomSource(Constant(HostTensor.Scalar(5L)), Constant(HostTensor.Scalar(0L)), Constant(HostTensor.Scalar(1L)));
        var drawn = graph.Sites[2].Recurrence!.Sample(new Dictionary<string, Tensor>(), s => random.Named(s.Name), DType.F64);
        double[] cycle = [-99, 99, -99, -99, -99, 99, 99, -99, -99], levels = [10, 20, 30];
        var values = Reference.Evaluate(new([graph.Sites[0].Value, graph.Sites[1].Value], [("z", drawn["path.z"]), ("seen", drawn["path.seen"])]), [HostTensor.Of([3, 3], cycle), HostTensor.Of([3], levels)]);
        Assert.Equal([1L, 2, 0, 1, 2, 0], values[0].Span<long>().ToArray());
        for (var i = 0; i < 6; i++) Assert.True(Math.Abs(values[1][i] - levels[(i + 1) % 3]) < 5, $"step {i} shows {values[1][i]}");
    }

    [Fact]
    public void Noise_in_a_loop_differs_from_step_to_step()
    {
        var model = Check("""
            module M
            model m (x : real[t]) = prob {
                let! last = x |> fold (fun s a -> prob {
                    let! e = noise (normal 0.0 0.5 |> iid [2])
                    return 0.5 * s + a + sum e
                }) 0.0
                let! y = normal last 1.0
                return y
            }
            """).Models.Single();
        foreach (var t in Lengths)
        {
            var graph = model.Elaborate(new Dictionary<string, int> { ["t"] = t }, null, DType.F64);
            var noise = graph.Noises.Single();
            Assert.Equal([t, 2], noise.Value.Shape);
            Assert.Equal([t, 2], noise.Distribution.Shape);
            double[] x = Numbers(t, 13), e = Numbers(2 * t, 14);
            var s = 0.0;
            for (var i = 0; i < t; i++) s = 0.5 * s + x[i] + e[2 * i] + e[2 * i + 1];
            var mean = graph.Sites.Single().Distribution.Arguments[0];
            Near([s], Reference.Evaluate(new([graph.Arguments[0].Value, noise.Value], [("y", mean)]), [HostTensor.Of([t], x), HostTensor.Of([t, 2], e)])[0].ToDoubles(), $"t = {t}");
        }
    }

    [Fact]
    public void Draws_over_a_tensor_without_a_state_are_a_plate()
    {
        var model = Check("""
            module M
            model m (x : real[n]) = prob {
                let! scale = halfNormal 1.0
                let! y = x |> map (fun a -> prob {
                    let! mu = normal a scale
                    let! seen = normal mu 0.5
                    return seen
                })
                return y
            }
            """).Models.Single();
        Assert.Equal(["scale : real", "y.mu : real[n]", "y.seen : real[n]"], model.Sites.Select(s => $"{s.Name} : {s.Type}"));
        var graph = model.Elaborate(new Dictionary<string, int> { ["n"] = 7 }, "n", DType.F64);
        Assert.All(graph.Sites.Skip(1), s => Assert.True(s.PerRow && s.Recurrence is null));
    }

    [Fact]
    public void Terms_inside_a_loop_are_terms_of_all_steps()
    {
        var model = Check("""
            module M
            let step s a = prob {
                let next = 0.5 * s + a
                let level = deterministic (exp next)
                do! observe a (normal s 2.0)
                do! factor (s * a)
                return next
            }
            model m (x : real[t]) = prob {
                let! mu = normal 0.0 1.0
                let! last = x |> fold step mu
                return last
            }
            """).Models.Single();
        foreach (var t in Lengths)
        {
            var graph = model.Elaborate(new Dictionary<string, int> { ["t"] = t }, null, DType.F64);
            Assert.Equal(["mu", "last.observe.1"], graph.Sites.Select(s => s.Name));
            var x = Numbers(t, 11);
            var expected = new double[3 * t];
            var s = 0.3;
            for (var i = 0; i < t; i++)
            {
                expected[i] = LogNormal(x[i], s, 2);
                expected[t + i] = s * x[i];
                s = 0.5 * s + x[i];
                expected[2 * t + i] = Math.Exp(s);
            }
            var all = Concat([graph.Sites[1].Distribution.LogDensity(graph.Sites[1].Value), graph.Factors.Single().LogDensity, graph.Deterministics.Single().Value], 0);
            Near(expected, Reference.Evaluate(new([graph.Arguments[0].Value, graph.Sites[0].Value], [("y", all)]), [HostTensor.Of([t], x), HostTensor.Of([], [0.3])])[0].ToDoubles(), "terms");
        }
    }

    private const string Walk = """
        module M
        let step tau z a = prob {
            let! z = normal (0.5 * z) tau
            let! seen = normal (sum z + a) 0.3
            return z
        }
        model walk (x : real[t]) = prob {
            let! tau = halfNormal 1.0
            let! path = x |> fold (step tau) (zeros [2])
            return path
        }
        """;

    private static CheckedProgram Check(string text)
    {
        var program = Checker.Check(new SourceText("m.prob", text));
        Assert.True(program.IsValid, string.Join("\n", program.Diagnostics.Select(d => $"{d.Code.Id} {d.Message} ({d.Hint})")));
        return program;
    }

    /// <summary>The value of <c>out</c> in a model of x and y.</summary>
    private static double[] Values(string lets, int t, double[] x, double[] y)
    {
        var body = string.Join("\n", lets.Split('\n').Select(line => "    " + line.Trim()));
        var model = Check($"module M\nmodel m (x : real[t]) (y : real[t]) = prob {{\n{body}\n    let! z = normal 0.0 1.0\n    return z\n}}").Models.Single();
        var graph = model.Elaborate(new Dictionary<string, int> { ["t"] = t }, null, DType.F64);
        return Reference.Evaluate(new(graph.Arguments.Map(a => a.Value), [("out", graph.Deterministics.Single().Value)]), [HostTensor.Of([t], x), HostTensor.Of([t], y)])[0].ToDoubles();
    }

    private static void Near(double[] expected, double[] actual, string what)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var i = 0; i < expected.Length; i++) Assert.True(Math.Abs(expected[i] - actual[i]) <= 1e-12 * (1 + Math.Abs(expected[i])), $"{what}: element {i} is {actual[i]:R}, expected {expected[i]:R}");
    }

    private static double[] Numbers(int count, int salt) => [.. Enumerable.Range(0, count).Select(i => 0.8 * Math.Sin(1.3 * i + salt))];

    private static double LogNormal(double x, double mean, double scale) => -0.5 * Math.Pow((x - mean) / scale, 2) - Math.Log(scale) - 0.5 * Math.Log(2 * Math.PI);
}
