using ProbNet.Graph;
using ProbNet.Language.Embedded;
using ProbNet.Language.Evaluation;
using ProbNet.Language.Types;
using static ProbNet.Language.Embedded.Functions;
using Prob = ProbNet.Language.Embedded.Prob;
using Tensor = ProbNet.Language.Embedded.Tensor;

namespace ProbNet.Language.Tests.Embedded;

/// <summary>Operators, conditions, shapes and library functions mean the same in both forms.</summary>
public sealed class EmbeddedFunctionTests
{
    [Fact]
    public void Operators_and_conditions() => BothForms.Equal(
        """
        model m (a : real[n, 3], b : real[n, 3]) = prob {
            let low = not (a < b) && (a > 0.5 || b <= 2.0)
            let same = (floor a = floor b) || (a <> 1.0)
            let z = if low then a ** 1.5 else -b
            let w = if same && (a >= b) then z / 3.0 else z - 2.0 * b
            let! y = normal w 1.0
            return y
        }
        """,
        Model.Define("m", ArgumentType.Real("n", 3), ArgumentType.Real("n", 3), (a, b) =>
            from low in Prob.Return(And(Not(a < b), Or(a > 0.5, b <= 2.0)))
            let same = Or(EqualTo(Floor(a), Floor(b)), NotEqualTo(a, 1.0))
            let z = Where(low, Power(a, 1.5), -b)
            let w = Where(And(same, a >= b), z / 3.0, z - 2.0 * b)
            from y in Normal(w, 1)
            select y));

    [Fact]
    public void Shapes_and_linear_algebra() => BothForms.Equal(
        """
        model m (a : real[n, 6], s : real[3, 3]) = prob {
            let c = reshape [n; 2; 3] a
            let d = broadcast [n; 2; 3] (ones [3]) + c @ cholesky s
            let e = concat 1 [flatten d; a] |> softmax
            let f = logSumExp d + maxAxis 2 c
            let g = sumAxis 1 e + meanAxis 1 f + mean s
            let! y = normal (g + sum (eye 3 + diag (zeros [3]) - transpose s)) 1.0
            return y
        }
        """,
        Model.Define("m", ArgumentType.Real("n", 6), ArgumentType.Real(3, 3), (a, s) =>
            from c in Prob.Return(Reshape(a, a.Rows, 2, 3))
            let d = Broadcast(Ones(3), a.Rows, 2, 3) + c.MatMul(Cholesky(s))
            let e = Concat(1, Flatten(d), a) | Softmax
            let f = LogSumExp(d) + MaxAxis(2, c)
            let g = SumAxis(1, e) + MeanAxis(1, f) + Mean(s)
            from y in Normal(g + Sum(Eye(3) + Diag(Zeros(3)) - s.Transpose()), 1)
            select y));

    [Fact]
    public void Activations_and_the_rest_of_the_windows() => BothForms.Equal(
        """
        model m (wave : real[n, 12, 2], image : real[n, 8, 6, 1]) = prob {
            let! a = wave |> conv1dWith (fun shape -> normal 0.0 0.5 |> iid shape) 3 3 same
            let! b = image |> conv2d 2 [3; 3] valid
            let c = relu a |> silu |> gelu |> elu |> leakyRelu 0.1 |> avgPool1d 3
            let d = maxPool valid [2; 2] b |> avgPool { padding = same; stride = 2 } [2; 1]
            let! e = flatten c |> denseWith (fun shape -> laplace 0.0 0.2 |> iid shape) 1
            let! y = normal (e + sum d) 1.0
            return y
        }
        """,
        Model.Define("m", ArgumentType.Real("n", 12, 2), ArgumentType.Real("n", 8, 6, 1), (wave, image) =>
            from a in wave | Conv1dWith(shape => Normal(0, 0.5).Iid(shape), 3, 3, Same)
            from b in image | Conv2d(2, [3, 3], Valid)
            let c = Relu(a) | Silu | Gelu | Elu | LeakyRelu(0.1) | AvgPool1d(3)
            let d = AvgPool(Same.Stride(2), [2, 1], MaxPool(Valid, [2, 2], b))
            from e in Flatten(c) | DenseWith(shape => Laplace(0, 0.2).Iid(shape), 1)
            from y in Normal(e + Sum(d), 1)
            select y));

    [Fact]
    public void Models_without_arguments_and_guides_of_two_values() => BothForms.Equal(
        """
        model m = prob {
            let! a = normal 0.0 3.0
            let! y = normal a 1.0 |> iid [5]
            let! z = normal a 2.0
            return (y, z)
        }
        guide g for m (y, z) = prob {
            let! a = normal (mean y + z) (softplus (param "s" [] 0.7))
            return a
        }
        """,
        Model.Define("m", () =>
            from a in Normal(0, 3)
            from y in Normal(a, 1).Iid(5)
            from z in Normal(a, 2)
            select (y, z)).WithGuide("g", (y, z) =>
            from a in Normal(Mean(y) + z, Softplus(Param("s", [], 0.7)))
            select a));

    [Fact]
    public void A_function_is_evaluated_for_whoever_applies_it()
    {
        var checking = new Evaluator(new Trace(null, DType.F64));
        var session = new Session(checking, BuiltinTable.Scope, default);
        Tensor two = 2.0;
        Assert.Null(((Value.TensorOf)two.In(session)).Node);
        var doubled = session.Function("doubled", ["x"], x => (two * x[0]).In(session));
        var building = new Evaluator(new Trace(new Dictionary<string, int>(), DType.F64));
        var result = (Value.TensorOf)building.Apply(new(doubled, default), default, building.Trace.Real(3.5));
        Assert.Equal(7.0, Reference.Evaluate(new TensorGraph([], [("y", result.Node!)]), [])[0][0]);
        Assert.Same(checking, session.Evaluator);
        Assert.Null(((Value.TensorOf)two.In(session)).Node);
    }
}
