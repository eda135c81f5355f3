using ProbNet.Language.Embedded;
using static ProbNet.Language.Embedded.Functions;
using Tensor = ProbNet.Language.Embedded.Tensor;

namespace ProbNet.Language.Tests.Embedded;

/// <summary>Functions given to the language: steps of loops, components, repeated blocks, windows, learned points and guides.</summary>
public sealed class EmbeddedLoopTests
{
    [Fact]
    public void A_level_drawn_at_every_step() => BothForms.Equal(
        """
        model local (x : real[t]) = prob {
            let! tau = halfNormal 1.0
            let! level = x |> scan (fun l v -> normal (0.9 * l + v) tau) 0.0
            let! y = normal level 0.5
            return y
        }
        """,
        Model.Define("local", ArgumentType.Real("t"), x =>
            from tau in HalfNormal(1)
            from level in Scan((l, v) => Normal(0.9 * l + v, tau), 0.0, x)
            from y in Normal(level, 0.5)
            select y));

    [Fact]
    public void Tuples_as_states_items_and_outputs() => BothForms.Equal(
        """
        model pairs (a : real[t, 3], b : real[t]) = prob {
            let ((s, c), all) = (a, b) |> scan (fun (s, c) (x, y) -> ((s + x * y, c + y), sum s - c)) (zeros [3], 0.0)
            let! z = normal (sum s) 1.0
            let! w = normal (all + c * z) 2.0
            return w
        }
        """,
        Model.Define("pairs", ArgumentType.Real("t", 3), ArgumentType.Real("t"), (a, b) =>
            from r in Prob.Return(Scan(
                ((Tensor S, Tensor C) h, (Tensor X, Tensor Y) i) => ((h.S + i.X * i.Y, h.C + i.Y), Sum(h.S) - h.C), (Zeros(3), (Tensor)0.0), (a, b)))
            from z in Normal(Sum(r.State.Item1), 1)
            from w in Normal(r.Outputs + r.State.Item2 * z, 2)
            select w));

    [Fact]
    public void A_step_that_is_a_query_with_several_sites() => BothForms.Equal(
        """
        model steps (x : real[t, 2]) = prob {
            let! wide = x |> map (fun row -> prob {
                let! e = normal 0.0 1.0 |> iid [2]
                let! k = exponential 3.0
                return sum (row * e) * k
            })
            let! last = x |> fold (fun h row -> prob {
                let! d = normal h 0.1
                do! factor (0.5 * d * sum row)
                return d
            }) 0.0
            let! y = normal (wide + last) 0.5
            return y
        }
        """,
        Model.Define("steps", ArgumentType.Real("t", 2), x =>
            from wide in Map((Tensor row) =>
                from e in Normal(0, 1).Iid(2)
                from k in Exponential(3)
                select Sum(row * e) * k, x)
            from last in Fold((h, row) =>
                from d in Normal(h, 0.1)
                from _ in Factor(0.5 * d * Sum(row))
                select d, 0.0, x)
            from y in Normal(wide + last, 0.5)
            select y));

    [Fact]
    public void Repeated_blocks_lists_of_draws_and_stages() => BothForms.Equal(
        """
        let group = prob {
            let! m = normal 0.0 3.0
            let! s = halfNormal 1.5
            return (m, s)
        }
        model many (x : real[n, 5]) = prob {
            let! (m, s) = group |> iid [5]
            let! k = [2.0; 7.0] |> map (fun a -> prob { return! normal a 1.0 })
            let! h = x |> (dense 3 >=> dense 4)
            let! y = normal (x * m + k.[0] + k.[1] + sum h) s
            return y
        }
        """,
        Model.Define("many", ArgumentType.Real("n", 5), x =>
            from m_s in Group().Iid(5)
            from k in Each([2.0, 7.0], a => Normal(a, 1))
            from h in x | Stages(Dense(3), Dense(4))
            from y in Normal(x * m_s.Item1 + k[0] + k[1] + Sum(h), m_s.Item2)
            select y));

    [Fact]
    public void Composites_and_processes() => BothForms.Equal(
        """
        model kinds [t] = prob {
            let! share = dirichlet (ones [2])
            let! mean = normal 170.0 20.0 |> iid [2]
            let! a = mixture share (normal mean 7.0) |> iid [t]
            let! b = mixture share [exponential 1.0; gamma 20.0 2.0] |> iid [t]
            let! c = truncated 0.0 infinity (normal 1.0 2.0)
            let! walk = gaussianRandomWalkFrom 1.0 2.0 c |> steps [t]
            let! own = gaussianRandomWalk 0.3 |> steps [t]
            let! ar = autoregressive 0.7 0.2 |> steps [t]
            let! y = zeroInflated 0.3 (poisson (exp (walk + own + ar)))
            return y
        }
        """,
        Model.Define("kinds", ArgumentType.Dimension, t =>
            from share in Dirichlet(Ones(2))
            from mean in Normal(170, 20).Iid(2)
            from a in Mixture(share, Normal(mean, 7)).Iid(t)
            from b in Mixture(share, [Exponential(1), Gamma(20, 2)]).Iid(t)
            from c in Truncated(0, double.PositiveInfinity, Normal(1, 2))
            from walk in GaussianRandomWalkFrom(1, 2, c).Steps(t)
            from own in GaussianRandomWalk(0.3).Steps(t)
            from ar in Autoregressive(0.7, 0.2).Steps(t)
            from y in ZeroInflated(0.3, Poisson(Exp(walk + own + ar)))
            select y));

    [Fact]
    public void Windows_with_strides_on_images_and_signals() => BothForms.Equal(
        """
        model seen (image : real[n, 12, 10, 4], wave : real[n, 9, 2]) = prob {
            let! a = image |> conv2dWith (fun shape -> normal 0.0 0.2 |> iid shape) 6 [3; 3] { padding = same; stride = [2; 1]; groups = 2 }
            let! b = wave |> conv1d 5 3 { padding = valid; dilation = 2 }
            let! k = normal 0.0 1.0 |> iid (kernelShape 2 [3; 3] valid a)
            let c = convolve valid k a |> avgPool2d [2; 2]
            let! out = concat 1 [flatten c; flatten (b |> maxPool1d 2)] |> mlp tanh [7; 1]
            let! e = noise (normal 0.0 0.1 |> iid (shape out))
            let! y = normal (out + e) 1.0
            return y
        }
        """,
        Model.Define("seen", ArgumentType.Real("n", 12, 10, 4), ArgumentType.Real("n", 9, 2), (image, wave) =>
            from a in image | Conv2dWith(shape => Normal(0, 0.2).Iid(shape), 6, [3, 3], Same.Stride(2, 1).Groups(2))
            from b in wave | Conv1d(5, 3, Valid.Dilation(2))
            from k in Normal(0, 1).Iid(KernelShape(2, [3, 3], Valid, a))
            let c = Convolve(Valid, k, a) | AvgPool2d([2, 2])
            from @out in Concat(1, Flatten(c), Flatten(b | MaxPool1d(2))) | Mlp(Tanh, [7, 1])
            from e in Noise(Normal(0, 0.1).Iid(@out.Shape))
            from y in Normal(@out + e, 1)
            select y));

    [Fact]
    public void Learned_points_start_from_functions_distributions_and_numbers() => BothForms.Equal(
        """
        model learned (x : real[n, d]) = prob {
            let w = param "w" [d; 2] glorot
            let b = param "b" [2] zeros
            let c = param "c" [2] (normal 1.0 0.1 |> iid [2])
            let s = param "s" [2] 0.3
            let! y = normal (x @ w + b + c) (softplus s)
            return y
        }
        """,
        Model.Define("learned", ArgumentType.Real("n", "d"), x =>
            from w in Prob.Return(Param("w", [x.Features, 2], Glorot))
            let b = Param("b", [2], Zeros)
            let mean = x.MatMul(w) + b
            let c = Param("c", [2], Normal(1, 0.1).Iid(2))
            from y in Normal(mean + c, Softplus(Param("s", [2], 0.3)))
            select y));

    private static Prob<(Tensor, Tensor)> Group() =>
        from m in Normal(0, 3)
        from s in HalfNormal(1.5)
        select (m, s);
}
